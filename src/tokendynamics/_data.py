"""What the commands that make the shipped data files share: two options, what a file says of its making, its rounding, writing and reading."""

import argparse
import csv
import datetime
import io
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

from . import _checks
from ._version import __version__

DATA = Path(__file__).parent / "data"


def parser(module, description, out="the JSON file to write"):
    """For `python -m tokendynamics.<module>`, with --out and --weights."""
    made = argparse.ArgumentParser(prog=f"python -m tokendynamics.{module}", description=description)
    made.add_argument("--out", type=Path, required=True, help=out)
    made.add_argument("--weights", type=Path, help="a folder with the model's files; default: where they are installed")
    return made


def command(main):
    """Run a command and end with what it gives. A letter that the console cannot show, as in a pipe on Windows, comes as its number."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        ended = main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has read enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python writes what is left when it ends
        ended = 0
    sys.exit(ended)


def read(name, folder=DATA):
    """The shipped table `name`, a JSON file of the package's data, or of another `folder`."""
    return json.loads((folder / name).read_text(encoding="utf-8"))


def rows(path, *columns):
    """The lines of a tab-separated file, dicts by the names in its first line, `columns` among them."""
    with _checks.path("path", path).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t"))
    if not found or any(row.get(name) is None for row in found for name in columns):
        raise ValueError(f"path must be a tab-separated file, {', '.join(columns)} in its first line and in each; got {path}")
    return found


def rounded(value, digits=4):
    """Numbers as they are shipped: plain lists, or one number, of so many digits behind the point; words and whole numbers stay."""
    if isinstance(value, dict):
        return {name: rounded(each, digits) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(each, digits) for each in value]
    if isinstance(value, np.ndarray) and value.dtype.kind in "iub" or not isinstance(value, (float, np.floating, np.ndarray)):
        return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    return np.round(np.asarray(value, dtype=np.float64), digits).tolist()


def arrays(value):
    """What `rounded` made, lists as arrays again."""
    if isinstance(value, dict):
        return {name: arrays(each) for name, each in value.items()}
    return np.array(value) if isinstance(value, list) else value


def about(*, what, command, **more):
    """What was made, by which command, when and with what; `more` comes after."""
    return {
        "what": what,
        "command": command,
        "date": datetime.date.today().isoformat(),
        "versions": {"tokendynamics": __version__, "numpy": np.__version__, "python": platform.python_version()},
    } | more


def write(path, data, holds):
    """`data` as JSON without spaces; says on the screen what it `holds`, and how large it is."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    print(f"{path}: {holds}, {len(text) / 1000:.0f} kB")
