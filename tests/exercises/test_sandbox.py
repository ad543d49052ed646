"""The sandbox: what runs in it sees nothing of this machine, ends at its limits, and is judged as anywhere. It compiles for minutes: each week."""

import json
import os
from pathlib import Path

import pytest
from weekly import seldom

from tokendynamics.exercises import EXERCISES, grading
from tokendynamics.exercises.grading import _vessels as vessels

pytestmark = [
    seldom,
    pytest.mark.skipif(not vessels.sandbox(), reason="the extra grade is not installed: pip install 'tokendynamics[grade]'"),
]
ROOT = Path(__file__).parents[2]
SUBMITTED = {
    "right": ["check('1.0', 'd')", "check('3.5', lambda s, first, second: second + s**2 / 2 * first)"],
    "looks": [
        "assert os.listdir('.') == [] and set(os.listdir('/usr/share/book/src')) > {'tokendynamics'}",
        "assert not any(os.path.exists(p) for p in ('/etc/passwd', '/home', '/root', '/proc', SECRET))",
        "assert not {'PATH', 'USER', 'NO_BUSINESS'} & set(os.environ)",
        "for at, _, names in os.walk('/usr/share/book/src/tokendynamics/exercises'):\n    assert not any(name.startswith('chapter') for name in names), at",
        "check('1.0', 'd')",
    ],
    "calls": ["import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1')"],
    "starts": ["import subprocess\nsubprocess.run(['ls'])"],
    "writes": ["open('/usr/share/book/src/tokendynamics/x', 'w')"],
    "fills": ["for n in range(20):\n    with open(f'a{n}', 'wb') as file:\n        file.write(bytes(10**7))"],
    "greedy": ["import numpy as np\nnp.ones(2 * 10**8)", "check('1.0', 'd')"],
    "floods": ["print('x' * 10**8)", "check('1.0', 'd')"],
    "plots": [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('a.png')\nassert os.path.getsize('a.png') > 1000",
        "check('1.0', 'd')",
    ],
    "leaves": ["check('1.0', 'd')", "os._exit(0)"],
    "endless": ["check('1.0', 'd')", "while True:\n    pass"],
    "misuses": ["import _host\n_host.call(b'nonsense')", "check('1.0', 'd')"],
}
FAILS = {"calls": "Error", "starts": "OSError", "writes": "PermissionError", "fills": "OSError", "greedy": "MemoryError"}


def write(path, cells, secret):
    head = f"import os\nfrom tokendynamics.exercises import check\nSECRET = {secret!r}"
    sources = [{"cell_type": "code", "source": text} for text in [head, *cells]]
    path.write_text(json.dumps({"cells": sources, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}), "utf8")


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("submitted")
    for name, cells in SUBMITTED.items():
        write(folder / f"{name}.ipynb", cells, str(folder))
    os.environ["NO_BUSINESS"] = "hidden"
    found = grading.grade(folder, seconds=30, megabytes=1000, billions=10_000, jobs=2, sandbox=True, say=lambda line: None)
    return {row["student"]: row for row in found}


@pytest.mark.parametrize("name", SUBMITTED)
def test_each_costs_itself_alone_and_keeps_what_it_had(rows, name):
    row = rows[name]
    ends = {"leaves": "broke off", "endless": "out of time"}
    assert row["status"] == ends.get(name, "cells failed" if name in FAILS else "ok"), row
    assert FAILS.get(name, "") in row["notes"] and row["1.0"] == ("right" if any("1.0" in cell for cell in SUBMITTED[name]) else "")


def test_instructions_are_counted_alike_on_every_machine(tmp_path):
    write(tmp_path / "long.ipynb", ["check('1.0', 'd')", "for n in range(10**9):\n    pass"], "")
    (row,) = grading.grade(tmp_path, seconds=300, billions=5, sandbox=True, say=lambda line: None)
    assert (row["status"], row["1.0"]) == ("out of instructions", "right")


@pytest.mark.parametrize("chapter", [1, 3])
def test_the_worked_solutions_are_right_in_it(tmp_path, chapter):
    path = ROOT / f"back/solutions_0{chapter}.ipynb"
    (tmp_path / path.name).write_bytes(path.read_bytes())
    (row,) = grading.grade(tmp_path, sandbox=True, say=lambda line: None)
    asked = [number for number in EXERCISES if number.startswith(f"{chapter}.") and not number.endswith(".0")]
    assert row["status"] == "ok" and [number for number in EXERCISES if row[number] == "right"] == asked
