"""A test that hangs is named, stopped and not tried again, and the tests after it run."""

import os
import subprocess
import sys
from pathlib import Path

import hanging
import pytest
import run

HERE = Path(__file__).parents[1]
HANGS = """
import threading

import greenlet


def waits():
    threading.Event().wait(60)


def test_hangs():
    greenlet.greenlet(waits).switch()  # as Playwright waits


def test_after():
    pass
"""
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


@pytest.fixture
def ran(tmp_path):
    """ran(test, options) is what pytest says of one file of tests, in a process beside."""

    def go(test, *options):
        (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf8")
        (tmp_path / "test_it.py").write_text(test, "utf8")
        path = os.pathsep.join([str(HERE), *filter(None, [os.environ.get("PYTHONPATH")])])
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "hanging", *options]
        return subprocess.run(
            command, cwd=tmp_path, env=os.environ | ALONE | {"PYTHONPATH": path}, encoding="utf8", stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=120,
        )  # fmt: skip

    return go


def test_it_is_stopped_where_it_stands_and_what_comes_after_runs(ran):
    limit = [word.replace("=900", "=2") for word in run.LONGEST]
    assert limit != list(run.LONGEST)
    done = ran(HANGS, "-p", "xdist", "-n", "1", "--dist", "loadfile", *limit)
    assert "1 failed, 1 passed, 1 skipped" in done.stdout and done.returncode == 1, done.stdout
    assert "crashed while running 'test_it.py::test_hangs'" in done.stdout
    told = [line for line in done.stdout.splitlines() if line.startswith(hanging.MARK)]
    assert "test_it.py::test_hangs has taken too long" in told[0]
    assert any("greenlet.greenlet(waits).switch()" in line for line in told), "where the test waits, in its own greenlet"


def test_what_is_under_way_is_said_where_nothing_ends(ran):
    done = ran("import time\n\n\ndef test_slow():\n    time.sleep(1.5)\n", "-o", "silence=0.5")
    assert done.returncode == 0 and f"{hanging.MARK} no test has ended for" in done.stdout, done.stdout
    assert "Under way: test_it.py::test_slow, for" in done.stdout


def test_where_nothing_is_under_way_and_nothing_comes_the_run_is_ended(ran):
    done = ran("import time\n\ntime.sleep(60)\n", "-o", "silence=1")
    assert done.returncode == 2 and "None is under way; the last was none. The run is ended." in done.stdout, done.stdout


def test_make_test_passes_it_on(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(run, "LOG", tmp_path / "log.txt")
    monkeypatch.setattr(run, "pytest", lambda *arguments: [sys.executable, "-c", "print('HANGS no test has ended'); print('.')"])
    run.run([], os.environ)
    assert capsys.readouterr().out == "  HANGS no test has ended\n"
