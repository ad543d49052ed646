"""A time limit for what a student wrote, in the notebook's own process.

The work is done in a thread. When its time is up the thread is told to stop, which a loop in Python does at its next step.
This works in a notebook and on every system, where a signal or a forked process would not. What cannot be stopped so is
one long call into compiled code, and a loop that swallows every exception: it is left behind, and the words say so.

A Python without threads, as in a page, looks at the clock on each line that the work runs; what escapes that, its Stop button ends.
"""

import contextvars
import ctypes
import sys
import threading
import time

import numpy as np


class OutOfTime(Exception):
    """Raised by `within`; `stopped` says whether the work has ended."""

    def __init__(self, stopped):
        super().__init__(stopped)
        self.stopped = stopped


class Exited(Exception):
    """The work raised what is no ordinary error, such as SystemExit; the text is its name."""


class _Stop(SystemExit):
    """What a late thread is sent: no ordinary `except Exception` catches it, and a thread that it ends prints nothing."""


def within(seconds, work):
    """What `work()` returns, or raises. OutOfTime if it takes more than `seconds`; Exited if it tries to end the process."""
    outcome = {}

    def run():
        try:
            with np.errstate(all="ignore"):  # hidden cases overflow on purpose
                outcome["value"] = work()
        except BaseException as error:
            outcome["error"] = error

    # with the context of the caller, so that what is printed lands below the right cell
    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True)
    try:
        thread.start()
    except RuntimeError:  # there are none here
        return _in_place(seconds, run, outcome)
    try:
        thread.join(seconds)
    except BaseException:  # the reader interrupts
        _stop(thread)
        raise
    if thread.is_alive():
        raise OutOfTime(_stop(thread))
    return _of(outcome)


def _of(outcome):
    if "error" in outcome:
        error = outcome["error"]
        raise error if isinstance(error, Exception) else Exited(type(error).__name__)
    return outcome["value"]


def _in_place(seconds, run, outcome):
    end = time.monotonic() + seconds

    def look(frame, event, arg):
        if time.monotonic() > end:
            raise _Stop
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        run()
    except _Stop:  # the time was up outside of what `run` guards
        outcome["error"] = _Stop()
    finally:
        sys.settrace(before)
    if isinstance(outcome.get("error"), _Stop):
        raise OutOfTime(True)
    return _of(outcome)


def _stop(thread):
    for _ in range(5):  # a bare `except:` swallows the first one, and often not the second
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop))
        thread.join(0.2)
        if not thread.is_alive():
            return True
    return False
