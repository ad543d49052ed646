"""A test that hangs is named: where nothing has ended for long, what is under way is said; and before it is stopped, where it stands.

A pytest plugin. pytest's own faulthandler ends the process of a test that takes longer than `faulthandler_timeout`, which run.py sets, and
shows where its threads stand. A test that waits for a page stands in another greenlet, which is not seen there; here it is.
"""

import gc
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

import pytest

MARK = "HANGS"  # each line begins with it, so that run.py can pass it on
BEFORE = "TESTS_THAT_HUNG"  # a file: what stopped one process is given to the next, which is not to hang again
STDERR = pytest.StashKey()


def pytest_addoption(parser):
    parser.addini("silence", "say what is under way where no test has begun or ended for so many seconds", default="600")


def pytest_configure(config):
    config.stash[STDERR] = os.dup(sys.__stderr__.fileno())  # before what a test writes is caught
    if not hasattr(config, "workerinput"):  # of several processes the first hears of all
        config.pluginmanager.register(UnderWay(config), "under-way")


class UnderWay:
    """The tests that have begun and not ended, and since when."""

    def __init__(self, config):
        self.config, self.silence = config, float(config.getini("silence"))
        self.begun, self.last, self.heard, self.over = {}, "none", time.monotonic(), threading.Event()
        handle, os.environ[BEFORE] = tempfile.mkstemp(prefix="hung-")
        os.close(handle)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background of a shell it would be deaf
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while not self.over.wait(self.silence / 10):
            if time.monotonic() - self.heard > self.silence:
                self.heard = time.monotonic()
                tell(self.config.stash[STDERR], [f"no test has ended for {self.silence / 60:.0f} min. {self.words()}"])
                if not self.begun:
                    os.kill(os.getpid(), signal.SIGINT)  # pytest says what it has, and ends

    def words(self):
        """What is under way; where that is nothing, a process has gone, or does not end, and no more will come."""
        now = time.monotonic()
        if under_way := [f"{name}, for {(now - since) / 60:.0f} min" for name, since in list(self.begun.items())]:
            return f"Under way: {'; '.join(under_way)}"
        return f"None is under way; the last was {self.last}. The run is ended."

    def pytest_runtest_logstart(self, nodeid):
        self.begun[nodeid] = self.heard = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid):
        self.begun.pop(nodeid, None)
        self.last, self.heard = nodeid, time.monotonic()

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem):
        self.pytest_runtest_logfinish(crashitem)

    def pytest_unconfigure(self):
        self.over.set()
        Path(os.environ[BEFORE]).unlink(missing_ok=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    if item.nodeid in Path(os.environ[BEFORE]).read_text("utf8").splitlines():
        item.add_marker(pytest.mark.skip(reason="it has hung, and is not tried again"))
    limit = float(item.config.getini("faulthandler_timeout") or 0)
    room = max(0.05 * limit, min(limit / 2, 1))  # seconds to say where it stands, on a busy machine too
    timer = threading.Timer(limit - room, stands, [item.nodeid, item.config.stash[STDERR]])
    timer.daemon = True
    if limit:
        timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def stands(name, place):
    """Write where a test stands: each thread, and each greenlet that waits."""
    with Path(os.environ[BEFORE]).open("a", encoding="utf8") as before:  # first of all: it must not hang again
        before.write(f"{name}\n")
    frames = dict(sys._current_frames())
    if greenlet := sys.modules.get("greenlet"):
        waiting = [each for each in gc.get_objects() if isinstance(each, greenlet.greenlet)]
        frames |= {id(each): each.gr_frame for each in waiting if each.gr_frame}
    frames.pop(threading.get_ident(), None)
    lines = [f"{name} has taken too long and is about to be stopped. It stands at:"]
    for frame in frames.values():
        lines += ["", *"".join(traceback.format_stack(frame)[-8:]).splitlines()]
    tell(place, lines)


def tell(place, lines):
    os.write(place, "".join(["\n", *(f"{MARK} {line}\n" for line in lines)]).encode("utf8", "replace"))
