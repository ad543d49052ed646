"""The page on platforms: the autograder that it gives is run over a stand-in for Gradescope’s folders."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "back/platforms.md").read_text("utf8")


def graded(place, cells):
    """What the page's run_autograder writes of one notebook, or of none."""
    (program,) = re.findall(r"```python\n(#!/autograder/.*?)```", PAGE, re.DOTALL)
    for name in ("submission", "results"):
        (place / name).mkdir(parents=True)
    if cells:
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        nbformat.write(book, place / "submission/answers.ipynb")
    program = program.replace('Path("/autograder")', f"Path({str(place)!r})")
    subprocess.run([sys.executable, "-c", program], check=True, timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT / "src")})
    return json.loads((place / "results/results.json").read_text("utf8"))


def test_the_autograder_says_of_each_exercise_what_came_of_it(tmp_path):
    cells = ["from tokendynamics.exercises import check", 'check("1.5", ((0.6, 1.15), (-0.2, 1.6)))', 'check("3.2", (-1/2, -1/3))']
    found = graded(tmp_path / "one", cells)
    assert [(test["score"], test["max_score"], test["output"]) for test in found["tests"]] == [
        (0.0, 1, "towards instead of by"),
        (1.0, 1, "right"),
    ]
    assert [test["name"] for test in found["tests"]] == ["1.5 · Hot and cold", "3.2 · Climb backwards"]
    nothing = graded(tmp_path / "none", [])
    assert [test["score"] for test in nothing["tests"]] == [0.0, 0.0] and nothing["output"]
