"""The two commands go on after whatever befell them: killed, moved, offline, a Python gone, an environment of somebody else's."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

from weekly import seldom

STEPS = ["an environment of its own", "the book's packages", "the tests' packages", "the scripts' packages", "chapter 4 of 7"]


def killed(program, step, seconds=0.2):
    """Kill a command and all it started, once it has said a step; what it had said."""
    said = ""
    while step not in said and (letter := program.stdout.read(1)):
        said += letter
    assert step in said, said
    time.sleep(seconds)
    os.killpg(program.pid, signal.SIGKILL)
    program.stdout.close()
    program.wait()
    return said


def test_killed_at_five_places_it_goes_on_and_ends_well(small):
    for step in STEPS:
        killed(small.start("test"), step)
    code, said = small.says("test")
    assert code == 0 and "tested the whole page True" in said, said
    assert "packages" not in said  # what was made is not made again


def test_half_a_page_is_written_again(small):
    killed(small.start("book"), "  pages", 0.1)
    assert (small.folder / "_build/html/index.html").read_text("utf8") == "half a page"
    assert small.says("book")[0] == 0
    assert (small.folder / "_build/html/index.html").read_text("utf8") == "the whole page"


def test_the_second_time_nothing_is_fetched(small):
    before = (small.folder / ".venv/made-test").stat().st_mtime
    code, said = small.says("test", PIP_FIND_LINKS="/nowhere", PATH=os.path.dirname(sys.executable))
    assert code == 0 and "packages" not in said, said
    assert (small.folder / ".venv/made-test").stat().st_mtime == before


def test_python_for_the_pages_is_fetched_once_and_can_be_left_out(small):
    kept = small.folder / "_build/python"
    shutil.rmtree(kept, ignore_errors=True)
    code, said = small.says("book", OFFLINE="1")
    assert code == 1 and "There is no network" in said and "set BOOK_PYTHON=none" in said, said
    code, said = small.says("book", OFFLINE="1", BOOK_PYTHON="none")
    assert code == 0 and "Python for the pages" not in said and not kept.exists(), said
    code, said = small.says("book")
    assert code == 0 and "Python for the pages" in said and kept.exists(), said
    code, said = small.says("book", OFFLINE="1")
    assert code == 0 and "Python for the pages" not in said, said


def test_other_requirements_are_installed_and_nothing_is_lost_where_they_cannot_be_had(small):
    (small.folder / "requirements-test.txt").write_text("testing==2.0\n", "utf8")
    code, said = small.says("test")
    assert code == 1 and "has no testing==2.0 for this Python" in said and "_build/log/test.txt" in said.replace(os.sep, "/"), said
    assert small.says("book")[0] == 0  # what stood still stands
    (small.folder / "requirements-test.txt").write_text("testing==1.0\n", "utf8")
    code, said = small.says("test")
    assert code == 0 and "made again" not in said, said


def test_a_folder_that_was_renamed_is_told_and_works(small):
    small.folder = small.folder.rename(small.folder.with_name("renamed"))
    code, said = small.says("book")
    assert code == 0 and said.startswith("This folder was moved or renamed: .venv is made again"), said
    first = (small.folder / ".venv/bin/pip").read_text("utf8").splitlines()[:3]
    assert any("renamed" in line for line in first)


@seldom
def test_a_python_that_has_gone_is_told(small):
    link = small.folder / ".venv/bin/python"
    link.unlink()
    link.symlink_to("/nowhere/python3")
    code, said = small.says("install", "venv")
    assert code == 0 and "The Python that .venv was made with is gone" in said, said


@seldom
def test_an_environment_of_somebody_elses_is_used_and_not_thrown_away(small):
    shutil.rmtree(small.folder / ".venv")
    subprocess.run([sys.executable, "-m", "venv", small.folder / ".venv"], check=True, timeout=600)
    (small.folder / ".venv" / "theirs").touch()
    code, said = small.says("book")
    assert code == 0 and "environment of its own" not in said, said
    assert (small.folder / ".venv" / "theirs").exists()


def test_two_at_once_the_second_waits_and_says_so(small):
    with small.start("book") as first:
        time.sleep(0.7)
        code, said = small.says("book")
        assert code == 0 and first.wait() == 0
        first.stdout.read()
    assert said.startswith("Another command is at work in this folder (book, process "), said
    assert (small.folder / "_build/html/index.html").read_text("utf8") == "the whole page"


def test_what_was_orphaned_is_waited_for(small):
    """The command alone is killed; the builder that it started works on, and nobody gets between."""
    hold = small.folder / "hold"
    hold.touch()
    first = small.start("book")
    while "chapter 2 of 7" not in (line := first.stdout.readline()):
        assert line
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    threading.Timer(1, hold.unlink).start()
    code, said = small.says("book")
    first.stdout.close()
    assert code == 0 and said.startswith("Another command is at work"), said


def test_ctrl_c_says_what_to_do(small):
    hold = small.folder / "hold"
    hold.touch()
    with small.start("book") as program:
        while "chapter 1 of 7" not in (line := program.stdout.readline()):
            assert line
        os.killpg(program.pid, signal.SIGINT)
        said = program.stdout.read()
    hold.unlink()
    assert program.returncode == 130 and "Stopped. Give the same command again" in said and "Traceback" not in said, said


def test_clean_removes_what_was_made(small):
    assert small.says("clean")[0] == 0
    assert not (small.folder / ".venv").exists() and not (small.folder / "node_modules").exists()
    assert [path.name for path in (small.folder / "_build").iterdir() if path.is_dir()] == []
