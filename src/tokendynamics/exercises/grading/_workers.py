"""Processes that grade one submission after the other. One that dies, or does not come back, is replaced, and costs the submission that it had."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ._vessels import BROKE, LATE, Limits, Process, Sandbox, Vessel, _too_late, end, program

GRACE = 60  # seconds more than a submission has, for the start of its Python and the judge's own work
KINDS: dict[str, Callable[[Path], Vessel]] = {"sandbox": Sandbox, "process": Process}


class Worker:
    """One process; `grade` hands it a submission and hears what comes of it."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind, self.folder = kind, folder
        self.process: subprocess.Popen[str] | None = None

    def grade(self, cells: list[str], limits: Limits, hear: Callable[[dict[str, Any]], Any]) -> tuple[str, float]:
        """How a submission ended, and its billions of instructions; `hear` gets each verdict as it is given."""
        if self.process is None or self.process.poll() is not None:
            self.process = self._started()
        process, late = self.process, threading.Event()
        clock = threading.Timer(limits.seconds + GRACE, _too_late, (late, process))
        clock.start()
        try:
            with suppress(OSError):  # it may have died meanwhile: then it says nothing
                process.stdin.write(json.dumps({"cells": cells, "limits": limits}) + "\n")  # type: ignore[union-attr]
                process.stdin.flush()  # type: ignore[union-attr]
            for line in process.stdout:  # type: ignore[union-attr]
                said = json.loads(line)
                if "ended" in said:
                    return said["ended"], said["billions"]
                hear(said)
        finally:
            clock.cancel()
        self.close()
        return (LATE if late.is_set() else BROKE), 0.0

    def _started(self):
        return subprocess.Popen(
            program("_workers", "serve(*sys.argv[1:])", self.kind, str(self.folder)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, encoding="utf8", start_new_session=os.name == "posix",
        )  # fmt: skip

    def close(self) -> None:
        """End it, and what it runs."""
        if self.process is not None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
            end(self.process)
            self.process = None


def serve(kind: str, folder: str) -> None:
    """A worker's own side: a job a line on its input, what is heard a line on its output."""
    from ._judge import Judge

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    out = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf8")
    os.dup2(2, 1)  # what else is printed, by whatever, is not heard

    def say(said):
        out.write(json.dumps(said) + "\n")

    vessel = KINDS[kind](Path(folder))
    for line in sys.stdin:
        job = json.loads(line)
        ended, billions = vessel.run(Judge(job["cells"], say).answer, Limits(*job["limits"]))
        say({"ended": ended, "billions": billions})
