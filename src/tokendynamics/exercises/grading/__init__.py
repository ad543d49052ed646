"""Grades a folder of submissions. Each runs apart from its judge, within limits; a line is kept as each ends, so that nothing is lost.

Grading runs other people's code. With the extra `grade` installed (pip install 'tokendynamics[grade]') the code runs in a sandbox: CPython as
WebAssembly, which sees no file, no network, no other submission and no answer, with limits of instructions, time, memory and output, on every
system alike. It hands answers out, and a judge outside says what they are, so a verdict cannot be forged. Without the extra each notebook
runs in a process of its own, judged from outside too, in an empty folder and an environment with nothing of yours in it; no network and
no sight of other processes where the system allows it (Linux, with `unshare`; it is said if not). There the code can still read and change
the files that you can. Then grade in a container, or on a machine that holds nothing else.

FOLDER may be what Moodle, Canvas or Google Classroom gives (unpacked), a folder for each student, or a notebook for each. Loose files
are of whoever is named in them, by Hand in, or else by the name of the file. All notebooks of a student make one line of the table. A second
run goes on where the first one ended, and grades again only what has changed.
"""

import queue
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ... import _checks
from . import _vessels as vessels
from ._classroom import page
from ._records import COLUMNS, NOT_GRADED, SKIPPED, TRIES, Kept, Record, tries, write_csv
from ._roster import filled
from ._submissions import Submission, submissions
from ._vessels import Limits
from ._workers import KINDS, Worker

__all__ = ["COLUMNS", "TRIES", "Kept", "Limits", "Record", "filled", "grade", "graded", "page", "tries", "write_csv"]


def grade(
    folder: str | Path,
    *,
    seconds: int = 300,
    megabytes: int = 2000,
    billions: int = 1000,
    jobs: int = 1,
    sandbox: bool | None = None,
    kept: str | Path | None = None,
    say: Callable[[str], Any] = print,
) -> list[dict[str, Any]]:
    """One row for each student with a file in a folder.

    Parameters
    ----------
    folder : path
    seconds, megabytes, billions : int, default 300, 2000 and 1000
        The limits for all notebooks of a student: of time, of memory, and in the sandbox of instructions, in billions.
    jobs : int, default 1
        How many are run at once.
    sandbox : bool or None, default None
        Whether to run them in the sandbox; by default, if it is installed.
    kept : path or None, default None
        A file to which a line is added as each ends, and from which a second run goes on.
    say : function, default print
        Called with a line of text for whoever waits.

    Returns
    -------
    list of dict
        With the keys `COLUMNS`, by student.
    """
    return [record.row() for record in graded(folder, Limits(seconds, megabytes, billions), jobs, sandbox, kept, say)]


def graded(folder: Any, limits: Limits, jobs: int, sandbox: bool | None, kept: Any, say: Callable[[str], Any]) -> list[Record]:
    """As `grade`, but its records."""
    folder = _checks.path("folder", folder)
    _checks.sizes(seconds=limits.seconds, megabytes=limits.megabytes, billions=limits.billions, jobs=jobs)
    if not folder.is_dir():
        raise ValueError(f"folder must be a folder of notebooks; got {str(folder)!r}")
    kind = _kind(sandbox)
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        keeper = Kept(Path(kept) if kept else place / "kept.jsonl")
        before = {(record.student, record.id, record.digest): record for record in keeper.read()}
        found = submissions(folder, _own(keeper.path))
        todo, done = [], []
        for one in found:
            record = _noted(one)
            earlier = before.get((record.student, record.id, record.digest))
            done.append(earlier) if earlier else todo.append((one, record))
        if done:
            say(f"{len(done)} are graded already, and have not changed.")
        if any(one.notebooks for one, _ in todo):
            vessels.prepare(place / "seen")
            vessel = KINDS[kind](place / "seen")
            say("This runs the code of every notebook in the folder. " + vessel.words)
            vessel.ready(say)
        done += _run(todo, limits, jobs, lambda: Worker(kind, place / "seen"), keeper, say)
    return sorted(done, key=lambda record: (record.student.casefold(), record.id))


def _kind(sandbox):
    there = vessels.sandbox()
    if sandbox and not there:
        raise ValueError("the sandbox is not installed: pip install 'tokendynamics[grade]'")
    return "process" if sandbox is False or not there else "sandbox"


def _own(path):
    """What a run writes beside the file that it keeps its records in."""
    return {path.name, *(f"{path.stem}{end}" for end in (".csv", "-tries.csv", "-roster.csv", ".html"))}


def _noted(one: Submission) -> Record:
    return Record(one.student, one.id, [path.name for path in one.notebooks], one.digest())


def _run(todo, limits, jobs, worker, keeper, say):
    """Grade them, `jobs` at once. What is interrupted is not kept, and all that has ended is."""
    waiting: queue.SimpleQueue[tuple[Submission, Record]] = queue.SimpleQueue()
    done: list[Record] = []
    lock, stopped, workers = threading.Lock(), threading.Event(), [worker() for _ in range(jobs)]
    for each in todo:
        waiting.put(each)

    def work(one_worker):
        while not stopped.is_set():
            try:
                one, record = waiting.get_nowait()
            except queue.Empty:
                return
            _grade_one(one, record, one_worker, limits)
            if stopped.is_set():
                return
            with lock:
                keeper.add(record)
                done.append(record)
                row = record.row()
                say(_printable(f"{record.student}: {record.status}, {row['right']} right"))

    threads = [threading.Thread(target=work, args=(each,), daemon=True) for each in workers]
    try:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            threads[0].join(0.2) if threads[0].is_alive() else time.sleep(0.2)  # so that Ctrl-C is heard
    finally:
        stopped.set()
        for each in workers:
            each.close()
    return done


def _grade_one(one, record, worker, limits):
    start = time.monotonic()
    cells = one.cells()
    record.notes = list(one.left)
    if not one.notebooks:
        record.status = NOT_GRADED
    elif one.unread == len(one.notebooks):
        record.status = SKIPPED
    else:
        heard: list[dict[str, Any]] = []
        ended, record.billions = worker.grade(cells, limits, heard.append)
        for said in heard:
            record.hear(said)
        finished = any("finished" in said for said in heard)
        record.status = ended if ended != "ok" else "broke off" if not finished else "cells failed" if record.failed else "ok"
    record.seconds = round(time.monotonic() - start, 1)


def _printable(text):
    return text.encode("utf8", "backslashreplace").decode()
