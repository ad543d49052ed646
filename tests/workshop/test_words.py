"""What the person at the desk is told: the wrong Python, what failed and where, in a sentence; never a traceback."""

import ast
import json
import re
import runpy
import sys
from pathlib import Path

import building
import commands
import environment
import pytest
import troubles
from console import Console, lasted

ROOT = Path(__file__).parents[2]
refusal = runpy.run_path(str(ROOT / "workshop" / "__main__.py"))["refusal"]


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 11, 2), (3, 13, 9), (3, 15, 0)])
def test_a_python_that_it_runs_on_is_not_refused(version):
    assert refusal(version, "book") == ""


@pytest.mark.parametrize("version, kind", [((3, 8, 1), "older"), ((3, 10, 9), "older"), ((3, 16, 0), "newer"), ((4, 0, 0), "newer")])
def test_a_wrong_python_is_told_in_one_line_what_to_use(version, kind):
    said = refusal(version, "test")
    assert f"this is {version[0]}.{version[1]}, which is {kind}" in said and "3.11 to 3.15" in said and "\n" not in said
    assert said.endswith("test")


def test_an_old_python_can_read_what_refuses_it():
    ast.parse((ROOT / "workshop" / "__main__.py").read_text("utf8"), feature_version=(3, 7))


SAID = {
    "no space left": "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "no space": "npm error code ENOSPC\nnpm error syscall write",
    "module venv": "The virtual environment was not created successfully because ensurepip is not\navailable.  On Debian/Ubuntu systems, you need",
    "may not be written": "PermissionError: [Errno 13] Permission denied: '/usr/book/.venv'",
    "no network": "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('…: Failed to establish a new connection')': /simple/numpy/\n"
    "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: none)\nERROR: No matching distribution found for numpy==2.4.6",
    "There is no network": "npm error code EAI_AGAIN\nnpm error syscall getaddrinfo",
    "certificate is not trusted": "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))",
    "has no contourpy==1.4.0 for": "ERROR: Could not find a version that satisfies the requirement contourpy==1.4.0 (from versions: 1.0)\n"
    "ERROR: No matching distribution found for contourpy==1.4.0",
    "came damaged": "npm error code EINTEGRITY\nnpm error sha512-… integrity checksum failed",
    "no ready-made contourpy": "  ERROR: Failed building wheel for contourpy\nFailed to build contourpy",
    "memory ran out": "nbclient.exceptions.DeadKernelError: Kernel died",
    "very busy": "RuntimeError: Kernel didn't respond in 60 seconds",
}  # fmt: skip


@pytest.mark.parametrize("words", SAID)
def test_what_a_program_said_is_told_in_a_sentence(words):
    said = troubles.meaning(SAID[words])
    assert words in said and "\n" not in said and said.endswith(".")


def test_what_is_not_known_is_not_guessed():
    said = "$ python -m something\nsome words\nTypeError: unsupported operand\nmore words"
    assert troubles.meaning(said) == ""
    assert troubles.gist(said) == "TypeError: unsupported operand"
    assert troubles.gist("") == "it said nothing"


def failed_build(path, kind, source, error):
    return (
        f"\x1b[91m{path}: WARNING: Executing notebook failed: {kind} [mystnb.exec]\x1b[39;49;00m\nmyst_nb.core.execute.base.ExecutionError: {path}\n"
        f"nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:\n------------------\n{source}\n------------------\n\n"
        f"\x1b[31mNameError\x1b[39m            Traceback (most recent call last)\nCell In[4], line 3\n\n{error}\n"
    )


def test_a_cell_that_stops_the_build_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "ROOT", tmp_path)
    path = tmp_path / "chapters" / "01.ipynb"
    path.parent.mkdir()
    cells = [
        {"cell_type": kind, "source": source}
        for kind, source in (("code", "a"), ("markdown", "b"), ("code", ["x = 1\n", "b"]), ("code", "b"))
    ]
    path.write_text(json.dumps({"cells": cells}), "utf8")
    said = building.where(failed_build(path, "CellExecutionError", "x = 1\nb", "NameError: name 'b' is not defined"))
    assert said == "In chapters/01.ipynb code cell 2 failed: NameError: name 'b' is not defined"
    said = building.where(failed_build(path, "CellTimeoutError", "b", ""))
    assert said == "In chapters/01.ipynb code cell 3 failed: it took longer than _config.yml allows (execute, timeout)"
    assert building.where("WARNING: something else") == ""


def test_warnings_are_told_once_each_and_not_endlessly():
    said = "\n".join(f"\x1b[91m{building.ROOT}/index.ipynb: WARNING: unknown document {n % 15}\x1b[0m" for n in range(30))
    lines = building.complaints(said).splitlines()
    assert len(lines) == 11 and lines[1] == "index.ipynb: WARNING: unknown document 0"
    assert building.complaints("all is well") == ""


def test_steps_are_a_line_each_with_times(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(building, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    for name in ("01_a", "02_b"):
        (tmp_path / "chapters" / f"{name}.ipynb").touch()
    console = Console(tmp_path / "log.txt")
    hears = building.Progress(console)
    for line in (
        "/x/back/solutions_01.ipynb: Executing notebook using local CWD [mystnb]", "[IPKernelApp] WARNING | noise", "/x/back/solutions_01.ipynb: Executed notebook in 2.21 seconds [mystnb]",
        "\x1b[0m/x/chapters/02_b.ipynb: Executing notebook using local CWD [mystnb]", "/x/chapters/02_b.ipynb: Executed notebook in 1.0 seconds [mystnb]",
        "\x1b[01mbuilding [html]: \x1b[39;49;00mtargets for 2 source files that are out of date", "\x1b[01mwriting output... \x1b[39;49;00m[ 50%] \x1b[32mindex\x1b[39;49;00m", "writing output... [100%] back",
    ):  # fmt: skip
        hears(line)
    console.end()
    said = [re.sub(r" \.+ ", ": ", line.strip()) for line in capsys.readouterr().out.splitlines()]
    assert said == ["the notebook solutions_01: 0 s", "chapter 2 of 2: 0 s", "pages: 0 s"]
    assert console.under_way is None


@pytest.mark.parametrize("musl", [False, True])
def test_where_playwright_has_nothing_the_rest_is_installed(musl, tmp_path, monkeypatch):
    """Alpine, for one: its C library is musl."""
    installed = []
    monkeypatch.setattr(environment, "pip", lambda console, what, *arguments: installed.append(arguments))
    monkeypatch.setattr(environment, "musl", lambda: musl)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    (tmp_path / "_build").mkdir()
    lines = (ROOT / "requirements-test.txt").read_text("utf8").splitlines()
    (tmp_path / "requirements-test.txt").write_text("\n".join(lines), "utf8")
    environment.test_packages(None)
    kept = open(installed[0][1], encoding="utf8").read().splitlines()
    assert set(lines) - set(kept) == ({next(line for line in lines if line.startswith("playwright=="))} if musl else set())


def test_times_are_read_at_a_glance():
    assert [lasted(seconds) for seconds in (0.4, 59, 59.7, 61, 1019.8)] == ["0 s", "59 s", "1 min 0 s", "1 min 1 s", "17 min 0 s"]


def test_programs_words_go_to_the_log_and_their_end_is_known(tmp_path, capsys):
    console = Console(tmp_path / "log" / "it.txt")
    heard = []
    code, said = console.run([sys.executable, "-c", "print('ä β'); raise SystemExit(3)"], heard.append)
    assert (code, heard) == (3, ["ä β\n"]) and "ä β" in said and "ä β" in console.written()
    assert capsys.readouterr().out == ""


def test_what_is_called_by_name_is_there():
    """The commands and layers that README, Makefile, workflows and the dev container give."""
    places = [
        "README.md",
        "CONTRIBUTING.md",
        "Makefile",
        ".devcontainer/devcontainer.json",
        *(path.relative_to(ROOT) for path in (ROOT / ".github").rglob("*.yml")),
    ]
    given = [
        words
        for place in places
        for words in re.findall(r"(?:python3?|py -3\.\d+) workshop (\w+)(?: (\w+))?", (ROOT / place).read_text("utf8"))
    ]
    assert len(given) >= 8
    for command, word in given:
        assert command in commands.COMMANDS, command
        assert commands.COMMANDS[command].needs != commands.ASKED or word in environment.NAMES, (command, word)
    makefile = (ROOT / "Makefile").read_text("utf8")
    assert set(re.findall(r"\$\(WITH\) (\w+)", makefile)) <= set(environment.NAMES)
    assert set(re.search(r"(?m)^([\w ]+):\n\t@\$\(PYTHON\) workshop \$@", makefile)[1].split()) <= set(commands.COMMANDS)


def test_the_dev_container_opens_the_book():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf8"))
    assert "jupyter lab" in container["postAttachCommand"] and "--port=8888" in container["postAttachCommand"]
    assert container["forwardPorts"] == [8888] and (ROOT / container["postAttachCommand"].split()[-1]).is_file()
    assert "token" not in container["postAttachCommand"]  # JupyterLab keeps asking for one
