"""The file to hand in: by the page and by `hand_in`, answers as `check` reads them, and whose each file is when it comes back."""

import json
import subprocess
from pathlib import Path

import book_hand_in
import nbformat
import node
import numpy as np
import pytest
from field_answers import RULES, in_python, typed

from tokendynamics.exercises import check, hand_in
from tokendynamics.exercises._hand_in import file_name
from tokendynamics.exercises.grading._submissions import submissions

ROOT = Path(__file__).parents[2]
NAMES = ["Ann Lee", "O'Brien/Smith", 'Zoë "Zo" <Wren>', "李雷", "محمد", "👩‍👩‍👧 Fam 😀", "../..", "-rf ~", ".hidden.", "a\tb\nc", "\u202egnp.exe", "x" * 99, "字" * 99,
         "e\u0301" * 60, "CON", "a\ud800b", "\u3000\ufeff|", "  two   words "]  # fmt: skip
GIVEN = {path.stem: book_hand_in.handed_out(path) for path in sorted((ROOT / "chapters").glob("0[1-6]*.ipynb"))}
EXERCISES = {number: known for given in GIVEN.values() for number, known in given["exercises"].items()}
CHAPTER = GIVEN["01_tokens_as_particles"]


def field(*answer, tries=1, at=1):
    return {"answer": answer, "tries": tries, "at": at}


@pytest.fixture(scope="module")
def made():
    """What the page's script makes of answers in every field, of odd names, and of a chapter that was answered in every way."""
    rng = np.random.default_rng(1)
    answers = [
        (number, answer)
        for number in RULES["exercises"]
        for answer in typed(rng, number)[::9]
        if answer and all(text.strip() for text in answer)
    ]
    wrote = {"mine": 'check("1.4", [[0, 0], [0, 0]])', "at": 5}
    found = [
        {"number": "1.1", "field": field(tries=0), "cell": None},
        {"number": "1.2", "field": field('#force-lab="\\', tries=3), "cell": {"mine": None, "at": 0}},
        {"number": "1.4", "field": field("0,1", "1", "2", "007"), "cell": wrote},
        {"number": "1.5", "field": field("1", "2", "3", "4", at=9), "cell": wrote | {"mine": 'check("1.5", 0)'}},
    ]
    asked = {"answers": answers, "names": NAMES, "notebook": CHAPTER["notebook"], "found": found, "exercises": EXERCISES}
    run = [node.find("node"), ROOT / "tests/exercises/hand_in.mjs"]
    told = json.loads(subprocess.run(run, input=json.dumps(asked), capture_output=True, encoding="utf8", check=True).stdout)
    return told | {"given": answers}


def test_an_answer_of_a_field_is_a_check_that_says_the_same(made):
    assert len(made["given"]) > 60 and {number for number, _ in made["given"]} == set(RULES["exercises"])
    for (number, answer), code in zip(made["given"], made["answers"], strict=True):
        verdict, meant = check(number, eval(code)), in_python(number, answer)
        assert verdict._replace(tries=0) == meant._replace(tries=0), (number, answer, code)


def test_answers_stand_at_their_exercise_and_what_was_written_last_comes_last(made):
    before = [cell["id"] for cell in CHAPTER["notebook"]["cells"]]
    cells = {cell["id"]: cell for cell in made["notebook"]["cells"]}
    order = list(cells)
    nbformat.validate(made["notebook"])
    assert [name for name in order if not name.endswith("-field")] == before
    assert (
        cells["ex-1-2-answer"]["source"].splitlines()[1]
        == 'check("1.2", "#force-lab=\\"\\\\")    # the link, in quotes; or what Copy Python gave'
    )
    assert cells["ex-1-2-answer"]["metadata"] == {"tokens_in_motion": {"tries": 3}}
    assert 'check("1.1", ...)' in cells["ex-1-1-answer"]["source"]
    assert cells["ex-1-4-answer-field"]["source"] == 'check("1.4", ["0,1", 1, 2, "007"])'
    assert order.index("ex-1-4-answer-field") + 1 == order.index("ex-1-4-answer"), "the cell was written after the field"
    assert order.index("ex-1-5-answer-field") - 1 == order.index("ex-1-5-answer"), "the field was answered after the cell"


def test_a_file_is_called_by_its_name_the_same_way_everywhere(made):
    assert made["names"] == [file_name(name, "01") for name in NAMES]
    assert made["names"][:3] == ["Ann Lee - 01.ipynb", "O'Brien Smith - 01.ipynb", "Zoë Zo Wren - 01.ipynb"]
    for name in made["names"]:
        assert len(name.encode()) < 150 and not set(name) & set('/\\:*?"<>|~\n\t') and name[0] not in " .-"
    assert file_name("/", "01") == "no name - 01.ipynb"


def notebook(path, name=None, *cells, chapter="01", made="2026"):
    path.parent.mkdir(exist_ok=True)
    known = {"tokens_in_motion": {"name": name, "chapter": chapter, "made": made}} if name else {}
    sources = [{"cell_type": "code", "source": text} for text in cells]
    path.write_text(json.dumps({"cells": sources, "nbformat": 4, "nbformat_minor": 5, "metadata": known}), "utf8")


def test_whose_a_file_is(tmp_path):
    notebook(tmp_path / "Ann One_7_assignsubmission_file_/Ann - 01.ipynb", "Ann")
    notebook(tmp_path / "Ann Two_8_assignsubmission_file_/Ann - 01.ipynb", "Ann")
    notebook(tmp_path / "a folder/Ann - 01.ipynb", "Ann")
    notebook(tmp_path / "leeann_501_9001_Ann - 01.ipynb", "Somebody")
    notebook(tmp_path / "week one.ipynb", "501")  # typed a number that is another's
    notebook(tmp_path / "Pat Platform - O Brien - 01.ipynb", "O/Brien")
    for name in ("O/Brien", "李 “雷” 👩‍👧"):
        notebook(tmp_path / file_name(name, "01"), name)
        notebook(tmp_path / file_name(name, "02"), name, chapter="02")
    notebook(tmp_path / "Zoë_Q - 01.ipynb", "Zoë?Q")  # as a browser called it
    notebook(tmp_path / "by file.ipynb")
    notebook(tmp_path / "odd.ipynb", ["no", "name"])
    notebook(tmp_path / "Bo - 01 (1).ipynb", "Bo", made="2026-02")
    notebook(tmp_path / "Bo - 01.ipynb", "bo", made="2026-01")
    found = {(one.student, one.id): one for one in submissions(tmp_path, set())}
    assert {who: len(one.notebooks) for who, one in found.items()} == {
        ("Ann One", "7"): 1, ("Ann Two", "8"): 1, ("a folder", ""): 1, ("leeann", "501"): 1, ("501", ""): 1, ("Pat Platform", ""): 1,
        ("O/Brien", ""): 2, ("李 “雷” 👩‍👧", ""): 2, ("by file", ""): 1, ("Zoë?Q", ""): 1, ("odd", ""): 1, ("Bo", ""): 2,
    }  # fmt: skip
    assert [path.name for path in found["Bo", ""].notebooks] == ["Bo - 01.ipynb", "Bo - 01 (1).ipynb"], "the later one is last, and counts"
    assert "a second file of this name for 01" in found["Bo", ""].left[0]
    assert not any(one.left for who, one in found.items() if who[0] != "Bo")


def test_a_notebook_hands_itself_in(tmp_path, monkeypatch, capsys):
    path = tmp_path / "01.ipynb"
    notebook(path, None, 'check("1.2", ...)', 'def layer():\n    ...\n\ncheck("1.6", layer)', 'check("1.5", [1])', "1 + 1")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    target = hand_in("  O/Brien  ")
    assert target == tmp_path / "O Brien - 01.ipynb" and "1 of 3 exercises answered" in capsys.readouterr().out
    found, before = json.loads(target.read_text("utf8")), json.loads(path.read_text("utf8"))
    known = found["metadata"].pop("tokens_in_motion")
    assert found == before and (known["name"], known["chapter"]) == ("O/Brien", "01") and known["version"] and known["made"].endswith("Z")
    text = target.read_bytes()
    assert hand_in("O/Brien", target) == target and target.read_bytes() == text, "what is handed in already stays as it is"
    assert hand_in("Bo", target).name == "Bo - 01.ipynb"
    assert {one.student for one in submissions(tmp_path, set())} == {"01", "O/Brien", "Bo"}


def test_what_cannot_be_handed_in_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(ValueError, match="notebook must be said"):
        hand_in("Ann")
    for name in ("", " \n", None, 3, "x" * 101, "\u202e"):
        with pytest.raises(ValueError, match="name must be your name"):
            hand_in(name, tmp_path / "x.ipynb")
    for data in (b"[]", b"{", b'{"cells": 3}', b'{"cells": [{}]}', b'{"cells": [], "metadata": 3}', b"\xff\0"):
        (tmp_path / "x.ipynb").write_bytes(data)
        with pytest.raises(ValueError, match="can be read as a notebook"):
            hand_in("Ann", tmp_path / "x.ipynb")
    for notebook_ in (3, tmp_path, tmp_path / "none.ipynb"):
        with pytest.raises(ValueError, match="notebook must be a"):
            hand_in("Ann", notebook_)
    monkeypatch.setattr("sys.platform", "wasi")
    with pytest.raises(ValueError, match="press Hand in below the last exercise"):
        hand_in("Ann")
