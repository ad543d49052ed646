"""What a stored notebook must be like, so that `pytest --nbval` compares something and a reader can trust the text.

nbval compares only cells that were run and stored. So each cell to be compared is marked and stored with its
output, no other cell is, and here they are counted. Numbers in the prose are held to what cells print.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = [path for folder in ("", "chapters", "back") for path in sorted((ROOT / folder).glob("*.ipynb"))]
MARK = "# NBVAL_CHECK_OUTPUT"
FEWEST_CHECKED = {"index": 0, "chapters": 6, "back": 1}
LONGEST_LINE, LONGEST_HELPER = 100, 6
LARGEST_FILE, LARGEST_OUTPUT = 150_000, 4_000  # bytes, characters
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.]*\.?\d)")
NOT_MEASURED = re.compile(r"CC BY \d\.\d|\]\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|`[^`]*`|version [\d.]+|arXiv:[\d.]+")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def checked(cell):
    return cell.source.startswith(MARK)


def trees(notebook):
    for cell in code_cells(notebook):
        lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in cell.source.splitlines()]
        yield cell, ast.parse("\n".join(lines))


def test_there_are_notebooks():
    assert ROOT / "index.ipynb" in NOTEBOOKS and len(NOTEBOOKS) >= 3


def test_valid_small_and_for_any_python3(path, notebook):
    nbformat.validate(notebook)
    assert notebook.nbformat_minor >= 5 and all(cell.get("id") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata
    assert not [cell.id for cell in notebook.cells if "execution" in cell.metadata], "times of execution are stored"
    assert path.stat().st_size <= LARGEST_FILE


def test_opens_with_its_one_title(notebook):
    titles = [line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines() if line.startswith("# ")]
    assert len(titles) == 1 and notebook.cells[0].source.startswith("# ")


def test_checked_cells_are_stored_as_one_run_from_the_top_and_no_others(notebook):
    for place, cell in enumerate(code_cells(notebook), start=1):
        if checked(cell):
            assert cell.outputs, f"{cell.id}: marked, but nothing is stored to compare with"
            assert cell.execution_count == place, f"{cell.id}: run {cell.execution_count}, but code cell {place}"
        else:
            assert not cell.outputs and cell.execution_count is None, f"{cell.id}: not marked, so store no output"


def test_enough_is_checked(path, notebook):
    name = path.stem if path.parent == ROOT else path.parent.name
    solutions = sum(len(re.findall(r"^\(sol-", cell.source, re.MULTILINE)) for cell in notebook.cells)
    assert sum(map(checked, code_cells(notebook))) >= max(FEWEST_CHECKED[name], solutions)


def test_outputs_are_short_text(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            text = output.text if output.output_type == "stream" and output.name == "stdout" else None
            if output.output_type == "execute_result" and set(output.data) == {"text/plain"}:
                text = output.data["text/plain"]
            assert text, f"{cell.id}: an output that is not text: {output.output_type}"
            assert len(text) <= LARGEST_OUTPUT, f"{cell.id}: {len(text)} characters of output"


def test_cells_are_thin_and_call_the_package(notebook):
    for cell, tree in trees(notebook):
        for node in ast.walk(tree):
            assert not isinstance(node, ast.ClassDef), f"{cell.id}: a class belongs in the package"
            if isinstance(node, ast.FunctionDef):
                lines = node.end_lineno - node.lineno + 1
                assert lines <= LONGEST_HELPER, f"{cell.id}: {node.name} has {lines} lines; put it in the package"
        longest = max(map(len, cell.source.splitlines()), default=0)
        assert longest <= LONGEST_LINE, f"{cell.id}: a line of {longest} characters"


def test_nothing_of_this_machine(path):
    text = path.read_text("utf8")
    found = re.findall(r"(?<![\w.:/])/(?:home|root|tmp|work|Users|opt|var|mnt)/[\w./-]+|[A-Z]:\\\\[\w\\]+", text)
    assert not found


def test_pictures_have_words(notebook):
    """A widget brings its own; a figure says them in the cell's metadata, where the book's builder looks."""
    for cell, tree in trees(notebook):
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr) and ast.unparse(last).startswith("figures."):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) >= 60, f"{cell.id}: a figure without a description"


def test_decimals_in_the_prose_are_printed_by_a_cell(notebook):
    """Every decimal of the text, of a prediction and of a figure's words is an output here, or a number in the code."""
    known, told = set(), []
    for cell, tree in trees(notebook):
        constants = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        known |= {abs(value) for value in constants if isinstance(value, (int, float))}
        for output in cell.outputs:
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            known |= {float(number) for number in re.findall(r"\d+\.?\d*(?:e[+-]?\d+)?", text)}
        if not checked(cell):  # a prediction's answer; the strings of a checked cell are its output
            told += [(cell.id, value) for value in constants if isinstance(value, str)]
            told.append((cell.id, cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")))
    told += [(cell.id, cell.source) for cell in notebook.cells if cell.cell_type == "markdown"]
    loose = [
        f"{place}: {number}"
        for place, text in told
        for number in DECIMAL.findall(NOT_MEASURED.sub(" ", text))
        if float(number) not in known
    ]
    assert not loose, "numbers that no cell prints"


def test_every_exercise_has_its_solution_and_they_link():
    texts = {p.stem: "\n".join(c.source for c in nbformat.read(p, as_version=4).cells if c.cell_type == "markdown") for p in NOTEBOOKS}
    whole = "\n".join(texts.values())
    asked, solved = (set(re.findall(rf"^\({kind}-(\d+-\d+)\)=$", whole, re.MULTILINE)) for kind in ("ex", "sol"))
    assert asked and asked == solved
    for number in asked:
        assert f"](#sol-{number})" in whole and f"](#ex-{number})" in whole
