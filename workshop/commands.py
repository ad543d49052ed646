"""Commands, each a few steps."""

import os
import shutil
import signal
import subprocess
import sys
from typing import NamedTuple

import building
import environment
from at_work import alone
from console import Console, Trouble, lasted, say
from environment import PYTHON, ROOT, variables
from troubles import meaning

OUT = ROOT / "_build"
HELP = """\
python workshop book                  build the book and say what to open
python workshop test [laws|site|…]    build it and run every test, or a part of them; other words go to pytest
python workshop check                 lint, format, types, contracts and the fast laws
python workshop install LAYER         make what is missing, up to venv, book, test or node
python workshop run LAYER PROGRAM …   the same, then run a program with it
python workshop clean                 remove what was built and installed"""


def book(console):
    took = building.build(console)
    say(f"The book is built ({lasted(took)}). Open: {building.HTML / 'index.html'}")
    return 0


def test(console, *arguments):
    if arguments[:1] != ("laws",):
        building.build(console, BOOK_REPOSITORY="")
    return run(console, PYTHON, ROOT / "tests" / "run.py", *arguments, BOOK_HTML=str(building.HTML))


def check(console):
    return run(console, PYTHON, ROOT / "tests" / "check.py")


def install(console):
    return 0


def run(console, *command, **more):
    """Run a program that speaks for itself."""
    program = shutil.which(str(command[0]), path=variables()["PATH"])
    if not program:
        raise Trouble(f"There is no program {command[0]} here.")
    held = {"pass_fds": console.held} if os.name == "posix" else {}
    return subprocess.call([program, *map(str, command[1:])], cwd=ROOT, env=variables() | more, **held)


def clean(console):
    for path in [environment.VENV, ROOT / "node_modules", *OUT.iterdir()]:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
    return 0


class Command(NamedTuple):
    does: object
    needs: str | None  # the layer; ASKED: it is the first argument
    alone: bool  # nothing else may change the folder meanwhile


ASKED = "asked"
COMMANDS = {
    "book": Command(book, "book", True),
    "test": Command(test, "node", True),
    "check": Command(check, "node", False),
    "install": Command(install, ASKED, False),
    "run": Command(run, ASKED, False),
    "clean": Command(clean, None, True),
}


def carried_out(name, arguments):
    """Install what is missing and do the command; where nothing is missing, one that changes nothing here does not wait for others."""
    command = COMMANDS[name]
    layer, *arguments = [command.needs, *arguments] if command.needs != ASKED else arguments or ["book"]
    if layer and layer not in environment.NAMES:
        raise Trouble(f"There is no layer {layer}: {', '.join(environment.NAMES)}.")
    if command.alone or environment.missing(layer):
        with alone(OUT, name, say) as held:
            console = Console(log_of(name), held=(held.fileno(),))
            if layer:
                environment.install(console, layer)
            if command.alone:
                return command.does(console, *arguments)
    return command.does(Console(log_of(name)), *arguments)


def log_of(name):
    return OUT / "log" / f"{name}.txt"


def told(error):
    """What an exception means for the person at the desk."""
    plain = f"{type(error).__name__}: {error}"
    return str(error) if isinstance(error, Trouble) else meaning(plain) or plain


def main(arguments):
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        say(HELP)
        return 0 if name == "help" else 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    log = log_of(name)
    try:
        return carried_out(name, rest)
    except KeyboardInterrupt:
        say("\nStopped. Give the same command again: it goes on from here.")
        return 130
    except (Trouble, OSError) as error:
        say(f"\n{told(error)}")
        if os.environ.get("CI") and log.exists():  # nobody can open a file there
            say("\n".join(log.read_text("utf8", errors="replace").splitlines()[-100:]))
        say(f"All that was said: {log}")
        return 1
