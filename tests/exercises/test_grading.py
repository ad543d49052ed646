"""The grader on submitted notebooks of every kind: right, wrong, broken, endless, greedy, curious, and one that writes formulas."""

import csv
import json
import os
import socket
import subprocess
import sys

import pytest

from tokendynamics.exercises import EXERCISES, grading
from tokendynamics.exercises.__main__ import main

IMPORTS = "import os, socket\nimport numpy as np\nfrom tokendynamics.exercises import check"
FALL = 'check("3.5", lambda s, first, second: second + s * first)'
SUBMITTED = {
    "right": ['check("1.0", "d")', 'check("3.2", (-1/2, -1/3))', 'check("1.3")  # not answered'],
    "wrong": ['check("1.0", "d")', 'check("1.0", "a")', "1 / 0", FALL, 'check("5.0", np.nan)'],
    "endless": ['check("1.0", "d")', "while True:\n    pass"],
    "leaves": ['check("1.0", "d")', "os._exit(3)"],
    "curious": [
        'names = "".join(sorted(os.environ)); assert "NO_BUSINESS" not in names and "TOKEN" not in names',
        'around = [f"/proc/{p}/environ" for p in os.listdir("/proc") if p.isdigit()] if os.path.exists("/proc") else []',
        'assert b"hid" + b"den" not in b"".join(open(path, "rb").read() for path in around)',
        'check("1.0", "d")',
    ],
    "=cmd": ['check("1.0", "d")'],
    "größe": ["print('β → ψ')", "import sys; assert sys.flags.utf8_mode", 'check("1.0", "d")'],
}
if sys.platform == "linux":  # elsewhere nothing would stop it
    SUBMITTED["greedy"] = ['check("1.0", "d")', "np.ones(10**10)", 'check("5.0", "b")']


def write(path, cells):
    sources = [{"cell_type": "code", "source": text} for text in [IMPORTS, *cells]]
    path.write_text(json.dumps({"cells": sources, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}), "utf8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submitted")
    for name, cells in SUBMITTED.items():
        write(folder / f"{name}.ipynb", cells)
    (folder / "broken.ipynb").write_text("{", "utf8")
    (folder / "list.ipynb").write_text("[]", "utf8")
    (folder / "notes.txt").write_text("no notebook", "utf8")
    environment = os.environ | {"NO_BUSINESS": "hidden", "SECRET_TOKEN": "hidden"}
    # enough time for a busy machine to start Python; only the endless one uses it up
    command = [sys.executable, "-m", "tokendynamics.exercises", "grade", str(folder), "--seconds", "20", "--megabytes", "3000"]
    said = subprocess.run(command, env=environment, capture_output=True, encoding="utf8", timeout=600)
    assert said.returncode == 0, said.stderr
    with open(folder / "grades.csv", encoding="utf-8-sig", newline="") as file:
        return {row["notebook"]: row for row in csv.DictReader(file)}, said.stdout


def test_every_notebook_has_its_row_and_every_exercise_its_column(graded):
    rows, said = graded
    assert set(rows) == {f"{name}.ipynb" for name in SUBMITTED if name != "=cmd"} | {"broken.ipynb", "list.ipynb", "'=cmd.ipynb"}
    assert set(EXERCISES) < set(rows["right.ipynb"])
    assert "runs the code" in said and "container" in said and "network" in said


def test_right_and_wrong(graded):
    rows, _ = graded
    right, wrong = rows["right.ipynb"], rows["wrong.ipynb"]
    assert (right["status"], right["answered"], right["right"], right["1.3"]) == ("ok", "2", "2", "")
    assert (wrong["status"], wrong["answered"], wrong["right"]) == ("cells failed", "3", "0")
    assert wrong["1.0"] == "towards instead of by"  # the last check counts
    assert wrong["3.5"] == "motion without inertia" and wrong["5.0"] == "wrong" and wrong["notes"] == "cell 4: ZeroDivisionError"


def test_letters_of_any_language_are_no_fault(graded):
    rows, said = graded
    assert (rows["größe.ipynb"]["status"], rows["größe.ipynb"]["1.0"]) == ("ok", "right") and "größe.ipynb" in said


def test_what_is_no_letter_does_not_lose_the_table(tmp_path):
    grading.write_csv([{"notebook": "half\ud83d.ipynb", "notes": "β"}], tmp_path / "grades.csv")
    assert r"half\ud83d.ipynb" in (text := (tmp_path / "grades.csv").read_text("utf-8-sig")) and "β" in text


def test_broken_ones_are_reported_and_skipped(graded):
    rows, _ = graded
    for name in ("broken.ipynb", "list.ipynb"):
        assert (rows[name]["status"], rows[name]["notes"]) == ("skipped", "it is not a notebook of format 4")


def test_limits_end_a_notebook_and_keep_what_it_had(graded):
    rows, _ = graded
    assert rows["endless.ipynb"]["status"] == "out of time" and rows["endless.ipynb"]["1.0"] == "right"
    assert rows["leaves.ipynb"]["status"] == "broke off" and rows["leaves.ipynb"]["1.0"] == "right"


@pytest.mark.skipif(sys.platform != "linux", reason="this system keeps no limit on memory")
def test_memory_has_a_limit(graded):
    rows, _ = graded
    assert "MemoryError" in rows["greedy.ipynb"]["notes"] and rows["greedy.ipynb"]["right"] == "2"


def test_nothing_of_the_environment_is_passed_on(graded):
    rows, _ = graded
    assert rows["curious.ipynb"]["1.0"] == "right" and "cell 2" not in rows["curious.ipynb"]["notes"]
    if grading.cut_off() == grading.ALONE:  # it cannot look into other processes either
        assert rows["curious.ipynb"]["status"] == "ok"


def test_the_network_is_cut_off_or_it_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        write(tmp_path / "calls.ipynb", [f'socket.create_connection(("127.0.0.1", {server.getsockname()[1]}))', 'check("1.0", "d")'])
        said = []
        (row,) = grading.grade(tmp_path, seconds=60, say=said.append)
        try:
            server.accept()
            reached = True
        except BlockingIOError:
            reached = False
    assert row["1.0"] == "right"
    assert reached == any("could NOT be cut off" in line for line in said)
    assert reached == (row["status"] == "ok")


def test_where_nothing_can_be_cut_off_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(grading, "ALONE", ["no-such-command"])
    monkeypatch.setattr(grading, "NO_NETWORK", [sys.executable, "-c", "raise SystemExit(1)"])
    said = []
    assert grading.grade(tmp_path, say=said.append) == [] and "could NOT be cut off" in said[1]


def test_the_command_explains_itself(capsys):
    with pytest.raises(SystemExit):
        main(["grade", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    for needed in ("other people's code", "network", "container", "forge", "environment", "--seconds", "--megabytes"):
        assert needed in words
    with pytest.raises(SystemExit):
        main(["grade", "no such folder"])
    assert "must be a folder of notebooks" in capsys.readouterr().err


def test_a_table_that_cannot_be_written_is_told_before_anything_runs(tmp_path, capsys, monkeypatch):
    (tmp_path / "grades.csv").mkdir()
    monkeypatch.setattr(grading, "grade", None)
    with pytest.raises(SystemExit):
        main(["grade", str(tmp_path)])
    assert "grades.csv" in capsys.readouterr().err


def test_the_list_names_every_exercise_and_misconception(capsys):
    main(["list"])
    text = capsys.readouterr().out
    for exercise in EXERCISES.values():
        assert exercise.title in text and all(name in text for name in exercise.misconceptions)
