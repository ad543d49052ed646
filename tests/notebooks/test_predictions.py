"""Before a chapter lets a widget loose, it asks for a guess, and knows which wrong answer tempts."""

import ast
from pathlib import Path

import nbformat
import pytest

from tokendynamics import widgets

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("*.ipynb"))


def shown(path):
    """(class name, keywords) of each widget that a cell of the chapter shows, in their order."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        *before, last = ast.parse("\n".join("" if line.startswith(("%", "!")) else line for line in cell.source.splitlines())).body
        call = last.value if isinstance(last, ast.Expr) else None
        if isinstance(call, ast.Name):  # named, so that other cells move it
            made = {
                line.targets[0].id: line.value for line in before if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
            }
            call = made.get(call.id)
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func).split(".")[0]
            if name in widgets.__all__:
                yield name, {keyword.arg: keyword.value for keyword in call.keywords}


def test_every_widget_has_a_chapter():
    assert {name for path in CHAPTERS for name, _ in shown(path)} == set(widgets.__all__)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_first_showing_asks_first(path):
    first = {}
    for name, given in shown(path):
        first.setdefault(name, given)
    for name, given in first.items():
        keys = [ast.literal_eval(key) for key in given["prediction"].keys]
        assert set(keys) == {"question", "choices", "answer", "explanation", "tempting", "because"}, name
        value = dict(zip(keys, given["prediction"].values))
        answer, tempting = (ast.literal_eval(value[key]) for key in ("answer", "tempting"))
        assert answer != tempting and 0 <= tempting < len(value["choices"].elts), name
