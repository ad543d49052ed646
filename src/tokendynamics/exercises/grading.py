"""Grades a folder of submitted notebooks: each runs in a process of its own, within limits, and what its checks said goes into a CSV.

Grading runs other people's code. What is done about it: a limit of time and, on Linux, one of memory for each notebook; an empty folder to
work in; an environment with nothing of yours in it; no network, and no sight of other processes, where the system allows it (Linux, with
`unshare`; it is said if not). What is not: the code can still read and change the files that you can, and it can forge a verdict,
since checks run where it runs. So grade in a container, or on a machine that holds nothing else, and read what you grade.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from .. import _checks
from . import EXERCISES
from ._run import code_cells

PACKAGES = Path(__file__).parents[2]
NO_NETWORK = ["unshare", "--user", "--map-root-user", "--net"]
ALONE = [*NO_NETWORK, "--pid", "--fork", "--kill-child", "--mount-proc"]  # it sees no process but its own, and they end with it
COLUMNS = ["notebook", "status", "seconds", "answered", "right", *EXERCISES, "notes"]


def grade(folder: str | Path, *, seconds: int = 300, megabytes: int = 2000, say: Callable[[str], Any] = print) -> list[dict[str, Any]]:
    """One row for each *.ipynb in a folder.

    Parameters
    ----------
    folder : path
    seconds, megabytes : int, default 300 and 2000
        The limits for each notebook.
    say : function, default print
        Called with a line of text for whoever waits.

    Returns
    -------
    list of dict
        With the keys `COLUMNS`.
    """
    folder = _checks.path("folder", folder)
    _checks.sizes(seconds=seconds, megabytes=megabytes)
    if not folder.is_dir():
        raise ValueError(f"folder must be a folder of notebooks; got {str(folder)!r}")
    wrapper = cut_off()
    say("This runs the code of every notebook in the folder. A container, or a machine that holds nothing else, is the place for it.")
    say("The network is cut off." if wrapper else "The network could NOT be cut off on this system: the notebooks can reach it.")
    rows = []
    for path in sorted(folder.glob("*.ipynb")):
        rows.append(_grade_one(path, seconds, megabytes, wrapper))
        say(f"{path.name}: {rows[-1]['status']}, {rows[-1]['right']} right")
    return rows


def cut_off() -> list[str]:
    """The command that starts another one with no network, or [] where the system has or permits none."""
    for command in (ALONE, NO_NETWORK):  # a container may forbid the first
        try:
            if subprocess.run([*command, "true"], capture_output=True, timeout=10).returncode == 0:
                return command
        except (OSError, subprocess.TimeoutExpired):
            pass
    return []


def _grade_one(path, seconds, megabytes, wrapper):
    row = dict.fromkeys(COLUMNS, "") | {"notebook": path.name, "seconds": 0, "answered": 0, "right": 0}
    try:
        code_cells(path)
    except (ValueError, OSError) as error:
        return row | {"status": "skipped", "notes": str(error)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:  # Windows keeps what somebody still has open
        shutil.copy(path, Path(place) / "submitted.ipynb")
        (Path(place) / "results").touch()
        start = time.monotonic()
        ended = _run(place, seconds, megabytes, wrapper)
        row["seconds"] = round(time.monotonic() - start, 1)
        lines = _read(Path(place) / "results")
    for line in lines:
        if line.get("exercise") in EXERCISES and line.get("answered") is True:  # the last check of an exercise counts
            row[line["exercise"]] = "right" if line.get("right") is True else str(line.get("misconception") or "wrong")
    given = [row[number] for number in EXERCISES if row[number]]
    failed = [f"cell {line['failed']}: {line.get('error')}" for line in lines if "failed" in line]
    finished = any(line.get("finished") for line in lines)
    row["status"] = "out of time" if ended == "late" else ("cells failed" if failed else "ok") if finished else "broke off"
    return row | {"answered": len(given), "right": given.count("right"), "notes": "; ".join(failed[:3])}


def _run(place, seconds, megabytes, wrapper):
    """Run the notebook in `place`; "late" if it was ended, else its exit code. Nothing that it printed is kept."""
    start = f"import sys; sys.path.insert(0, {str(PACKAGES)!r}); from tokendynamics.exercises._run import main; main(*sys.argv[1:])"
    # -I: no PYTHON… variables, no user's packages, nothing from the folder; utf8, so that no letter that is printed fails
    command = [*wrapper, sys.executable, "-I", "-X", "utf8", "-c", start, "submitted.ipynb", "results", str(seconds), str(megabytes)]
    process = subprocess.Popen(
        command, cwd=place, env=_environment(place), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
    )  # fmt: skip
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return "late"
    finally:
        _end(process)


def _end(process):
    """End what is left of it: all of its session; on Windows it and what it started, if it has not ended itself."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _environment(place):
    """What a notebook may know of this machine: where programs are, and that it has one core."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "WINDIR") if name in os.environ}
    own = dict.fromkeys(("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR"), str(place))
    return kept | own | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "agg"}


def _read(path):
    """The lines that a run left behind. A student's code can write here too, so anything may stand in it."""
    lines = []
    for text in path.read_text("utf8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            continue
        if isinstance(line, dict) and isinstance(line.get("exercise", ""), str):
            lines.append(line)
    return lines


def write_csv(rows: list[dict[str, Any]], path: str | Path) -> None:
    """Rows of `grade` as a CSV. A text that a spreadsheet would take for a formula gets a quote in front; what is no letter comes as its number."""
    with open(path, "w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)


def _harmless(value):
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
