"""A class of forty hands in: good, half done, hostile and oddly named submissions go to a table, a class list and a page, and nobody is graded wrongly."""

import codecs
import csv
import json
import os
import socket
import sys
from pathlib import Path

import pytest

from tokendynamics.exercises import EXERCISES, grading
from tokendynamics.exercises.__main__ import main
from tokendynamics.exercises.grading import _vessels as vessels

IMPORTS = "import os, sys, socket\nimport numpy as np\nfrom tokendynamics.exercises import EXERCISES, check, hand_in, question"
FALL = 'check("3.5", lambda s, first, second: second + s**2 / 2 * first)'
NO_INERTIA = 'check("3.5", lambda s, first, second: second + s * first)'
GOOD = ['check("1.0", "d")', 'check("3.2", (-1/2, -1/3))', FALL, 'check("1.3")  # not answered', "question('1.0')", 'hand_in("Ann")']
HALF = ['check("1.0", "a")', 'check("1.0", "d")', "1 / 0", NO_INERTIA]
ALL, SOME = {"1.0": "right", "3.2": "right", "3.5": "right"}, {"1.0": "right", "3.5": "motion without inertia"}
# (cells, status, {exercise: what its last answer is}) by the name of a student whose file has it
SINGLE = {
    **{f"good{n}": (GOOD, "ok", ALL) for n in range(12)},
    **{f"half{n}": (HALF, "cells failed", SOME) for n in range(8)},
    "endless": (["check('1.0', 'd')", "while True:\n    pass"], "out of time", {"1.0": "right"}),
    "leaves": (["check('1.0', 'd')", "os._exit(0)"], "broke off", {"1.0": "right"}),
    "kills": (["check('1.0', 'd')", "os.kill(os.getpid(), 9)"], None, {"1.0": "right"}),  # where it is alone with itself, the system lets it live
    "exits": (["sys.exit()", "check('1.0', 'd')"], "cells failed", {"1.0": "right"}),
    "floods": (["print('x' * 10**8)", "os.write(1, b'x' * 10**7)", "check('1.0', 'd')"], "ok", {"1.0": "right"}),
    "forges": (
        ["from tokendynamics.exercises._guest import door", "v = dict(exercise='1.3', right=True, misconception=None, words='', answered=True)",
         "door.ask({'verdict': v})", "import tokendynamics.exercises as e; e.check = lambda *a: True; e.check('1.3', 1)", "check('1.0', 'a')"],
        "ok", {"1.0": "towards instead of by"},
    ),
    "misuses": (["from tokendynamics.exercises._guest import door", "check('1.0', 'd')", "door._through(b'nonsense')"], "broke off", {"1.0": "right"}),
    "guesses": (["for letter in 'abcd':\n    check('1.0', letter)", "check('1.0', 'a')"], "ok", {"1.0": "towards instead of by"}),
    "looks": (["import tokendynamics.exercises.chapter1"], "cells failed", {}),
    "magics": (["%matplotlib inline\n!pip install x", "from google.colab import drive\ndrive.mount('/x')", "%time check('1.0', 'd')"], "ok", {"1.0": "right"}),
    "β größe": (["print('β → ψ')", "assert sys.flags.utf8_mode", "check('1.0', 'd')"], "ok", {"1.0": "right"}),
    "=cmd": (["check('1.0', 'd')"], "ok", {"1.0": "right"}),
    "curious": (
        ['assert not {"NO_BUSINESS", "SECRET_TOKEN"} & set(os.environ)', "assert os.listdir('.') == []",
         'around = [f"/proc/{p}/environ" for p in os.listdir("/proc") if p.isdigit()] if os.path.exists("/proc") else []',
         'assert b"hid" + b"den" not in b"".join(open(path, "rb").read() for path in around)', "check('1.0', 'd')"],
        None, {"1.0": "right"},  # whether its fourth cell fails is the system's affair
    ),
}  # fmt: skip
if sys.platform == "linux":  # elsewhere nothing would stop it
    SINGLE["greedy"] = (["check('1.0', 'd')", "np.ones(10**10)", "check('5.0', 'b')"], "cells failed", {"1.0": "right", "5.0": "right"})


def notebook(*cells):
    sources = [{"cell_type": "code", "source": text} for text in [IMPORTS, *cells]]
    return json.dumps({"cells": sources, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, ensure_ascii=False)


def hand_in(folder):
    for name, (cells, _, _) in SINGLE.items():
        (folder / f"{name}.ipynb").write_text(notebook(*cells), "utf8")
    moodle = folder / "Zoë Wren_77_assignsubmission_file_"
    moodle.mkdir()
    (moodle / "one.ipynb").write_text(notebook('check("1.0", "a")', 'check("2.0", "a")'), "utf8")
    (moodle / "two.IPYNB").write_bytes(codecs.BOM_UTF8 + notebook('check("1.0", "d")').encode())
    (folder / "wrenadam_LATE_501_9001_week-1.ipynb").write_bytes(notebook(*GOOD).encode("utf-16"))
    for student in ("Ada Byron", "Bo Byron"):
        (folder / f"{student} - Week 1.ipynb").write_text(notebook(*GOOD), "utf8")
    for path, data in {"macos.ipynb": b"[]", "broken.ipynb": b"{", "essay.pdf": b"%PDF", "._good1.ipynb": b"\0\5\x16\7"}.items():
        (folder / path).write_bytes(data)
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX/good1.ipynb").write_text(notebook("while True: pass"), "utf8")
    if sys.platform == "linux":
        Path(os.fsdecode(os.fsencode(folder) + b"/odd\xff.ipynb")).write_text(notebook('check("1.0", "d")'), "utf8")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder after the command, what it said, and what it says when it is given again."""
    folder = tmp_path_factory.mktemp("submitted")
    hand_in(folder)
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_BUSINESS", "hidden")
        patch.setenv("SECRET_TOKEN", "hidden")
        patch.setattr("builtins.print", lambda *words, **options: said.append(" ".join(map(str, words))))
        # enough time for a busy machine to start Python; only the endless one uses it up
        command = ["grade", str(folder), "--sandbox", "no", "--seconds", "12", "--megabytes", "3000", "--jobs", "2", "--points", "2"]
        main(command)
        main(command)
    return folder, said


def table(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_forty_students_have_a_row_each_and_it_is_right(graded):
    folder, _ = graded
    rows = {row["student"].lstrip("'"): row for row in table(folder / "grades.csv")}
    others = {"Zoë Wren", "wrenadam", "Ada Byron", "Bo Byron", "macos", "broken", "essay"} | (
        {r"odd\udcff"} if sys.platform == "linux" else set()
    )
    assert set(rows) == set(SINGLE) | others and len(rows) >= 38
    for name, (_, status, found) in SINGLE.items():
        row = rows[name]
        assert row["status"] == (status or row["status"]), (name, row)
        assert {number: row[number] for number in EXERCISES if row[number]} == found, (name, row)
        assert (int(row["answered"]), int(row["right"])) == (len(found), list(found.values()).count("right"))
        assert float(row["points"]) == 2 * int(row["right"])
    assert (rows["Zoë Wren"]["id"], rows["Zoë Wren"]["notebook"], rows["Zoë Wren"]["1.0"]) == ("77", "one.ipynb; two.IPYNB", "right")
    assert (rows["wrenadam"]["id"], rows["wrenadam"]["right"]) == ("501", "3")
    assert rows["Ada Byron"]["right"] == rows["Bo Byron"]["right"] == "3"
    for name in ("macos", "broken"):
        assert (rows[name]["status"], rows[name]["notes"]) == ("skipped", f"{name}.ipynb: it is not a notebook of format 4")
    assert (rows["essay"]["status"], rows["essay"]["notes"]) == ("not graded", "essay.pdf: no notebook")
    assert "MemoryError" in rows["greedy"]["notes"] if sys.platform == "linux" else True
    assert "ModuleNotFoundError" in rows["looks"]["notes"]  # the judges are not where it looks
    if vessels.cut_off() == vessels.ALONE:  # it cannot look into other processes either
        assert rows["curious"]["status"] == "ok"


def test_tries_and_first_answers_are_kept(graded):
    rows = {(row["student"], row["exercise"]): row for row in table(graded[0] / "grades-tries.csv")}
    guesses = rows["guesses", "1.0"]
    assert (guesses["tries"], guesses["last"]) == ("5", "towards instead of by") and guesses["first"] == guesses["last"]
    assert [rows["half0", "1.0"][name] for name in ("tries", "first", "last")] == ["2", "towards instead of by", "right"]


def test_the_page_counts_misconceptions_and_names_nobody(graded):
    page = (graded[0] / "grades.html").read_text("utf8")
    assert "motion without inertia" in page and EXERCISES["3.5"].misconceptions["motion without inertia"] in page.replace("&#x27;", "'")
    assert "8 of 23" in page and not any(name in page for name in ("good1", "Wren", "Byron"))


def test_a_second_run_goes_on_and_grades_again_what_has_changed(graded, tmp_path):
    folder, said = graded
    assert f"{len(table(folder / 'grades.csv'))} are graded already, and have not changed." in said
    assert sum("This runs the code" in line for line in said) == 1
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.ipynb").write_text(notebook("pass"), "utf8")
    kept = tmp_path / "kept.jsonl"
    one = grading.Record("one", notebooks=["one.ipynb"], digest="of another file", status="ok")
    two = grading._noted(grading.submissions(tmp_path, set())[2])
    two.status = "from before"
    for record in (one, two):
        grading.Kept(kept).add(record)
    kept.write_text(kept.read_text("utf8") + '{"student": "thr', "utf8")  # where a machine went off
    rows = grading.grade(tmp_path, kept=kept, sandbox=False, say=said.append)
    assert [row["status"] for row in rows] == ["ok", "ok", "from before"]


def test_points_go_into_the_class_list(graded, tmp_path, capsys):
    folder, _ = graded
    moodle = tmp_path / "moodle.csv"
    moodle.write_text(
        "Identifier,Full name,Grade,Feedback\nParticipant 77,Z. Wren,,x\nParticipant 5,Nobody Here,,\n=9,good0,,\n", "utf-8-sig"
    )
    rows = [row | {"student": row["student"].lstrip("'")} for row in table(folder / "grades.csv")]
    columns, lines, words = grading.filled(moodle, rows, None)
    assert columns == ["Identifier", "Full name", "Grade", "Feedback"]
    assert [line["Grade"] for line in lines] == ["2", "", "6"] and lines[0]["Feedback"] == "x" and lines[2]["Identifier"] == "'=9"
    assert "wrenadam: not in the class list" in words and not any("essay" in each for each in words)
    canvas = tmp_path / "canvas.csv"
    canvas.write_text('Student,ID,SIS User ID,Week 1 (88)\n"Adam, Wren",501,a1,\n', "utf8")
    command = ["grade", str(folder), "--sandbox", "no", "--roster", str(canvas)]
    main([*command, "--column", "Week 1 (88)", "--exercises", "1,3.2"])
    assert [line["Week 1 (88)"] for line in table(folder / "grades-roster.csv")] == ["2"]
    with pytest.raises(SystemExit):
        main([*command, "--column", "Week 2"])
    assert "column must be one of the class list's" in capsys.readouterr().err


def test_the_network_is_cut_off_or_it_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        (tmp_path / "calls.ipynb").write_text(
            notebook(f'socket.create_connection(("127.0.0.1", {server.getsockname()[1]}))', 'check("1.0", "d")'), "utf8"
        )
        said = []
        (row,) = grading.grade(tmp_path, seconds=60, sandbox=False, say=said.append)
        try:
            server.accept()
            reached = True
        except BlockingIOError:
            reached = False
    assert row["1.0"] == "right"
    assert reached == any("could NOT be cut off" in line for line in said)
    assert reached == (row["status"] == "ok")


def test_where_nothing_can_be_cut_off_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(vessels, "ALONE", ["no-such-command"])
    monkeypatch.setattr(vessels, "NO_NETWORK", [sys.executable, "-c", "raise SystemExit(1)"])
    words = vessels.Process(tmp_path).words
    assert "could NOT be cut off" in words and "container" in words and "tokendynamics[grade]" in words


def test_the_command_explains_itself(capsys):
    with pytest.raises(SystemExit):
        main(["grade", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    for needed in (
        "other people's code",
        "sandbox",
        "container",
        "forged",
        "environment",
        "--seconds",
        "--megabytes",
        "--jobs",
        "--roster",
    ):
        assert needed in words
    with pytest.raises(SystemExit):
        main(["grade", "no such folder"])
    assert "must be a folder of notebooks" in capsys.readouterr().err


def test_nothing_is_overwritten_in_silence(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(grading, "graded", None)
    (tmp_path / "grades.csv").write_text("somebody's own", "utf8")
    (tmp_path / "folder.csv").mkdir()
    for out, words in (("grades.csv", "choose another --out"), ("folder.csv", "choose another --out"), ("nowhere/x.csv", "nowhere")):
        with pytest.raises(SystemExit):
            main(["grade", str(tmp_path), "--out", str(tmp_path / out)])
        assert words in capsys.readouterr().err
    assert (tmp_path / "grades.csv").read_text("utf8") == "somebody's own"


def test_what_is_no_letter_does_not_lose_the_table(tmp_path):
    grading.write_csv([{"notebook": "half\ud83d.ipynb", "notes": "β"}], tmp_path / "grades.csv")
    assert r"half\ud83d.ipynb" in (text := (tmp_path / "grades.csv").read_text("utf-8-sig")) and "β" in text


def test_the_list_names_every_exercise_and_misconception(capsys):
    main(["list"])
    text = capsys.readouterr().out
    for exercise in EXERCISES.values():
        assert exercise.title in text and all(name in text for name in exercise.misconceptions)
