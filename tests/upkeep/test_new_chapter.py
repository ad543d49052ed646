"""`make chapter` starts a chapter that passes what every notebook must, and takes it out without a trace."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from weekly import seldom

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "notebooks"))
import new_chapter  # noqa: E402

TOUCHED = ("_toc.yml", "index.ipynb")


@pytest.fixture
def book(tmp_path):
    """What notebooks are and are held to: a copy without the rest of the book."""
    for name in ("chapters", "back", "tests/notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for name in (*TOUCHED, "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def name(book):
    return f"{int(new_chapter.last_chapter(book)[:2]) + 1:02}_on_trial"


def test_a_new_chapter_passes_and_goes_without_a_trace(book, name):
    before = {file: (book / file).read_bytes() for file in TOUCHED}
    chapters = sorted((book / "chapters").iterdir())
    path = new_chapter.add(book, name, "On trial")
    assert new_chapter.last_chapter(book) == name
    assert f"On trial](chapters/{name}.ipynb)" in (book / "index.ipynb").read_text("utf8")

    command = [sys.executable, "-m", "pytest", "-q", "-k", f"{name} or test_hygiene", "--nbval", str(path), "tests/notebooks"]
    run = subprocess.run(
        command, cwd=book, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, encoding="utf8", timeout=600
    )
    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout and "Cell" not in run.stdout
    stored = subprocess.run([sys.executable, "tests/notebooks/store.py", "--check", str(path), "index.ipynb"], cwd=book, timeout=600)
    assert stored.returncode == 0

    page = book / "_build" / "html" / "chapters" / f"{name}.html"
    page.parent.mkdir(parents=True)
    page.touch()
    new_chapter.remove(book, name)
    assert {file: (book / file).read_bytes() for file in TOUCHED} == before
    assert sorted((book / "chapters").iterdir()) == chapters and not page.exists()


@seldom
def test_the_builder_reads_a_new_chapter(book, name):
    """Two alone, and with nothing written: pages that they link to are not there, which warns. In the second, cells are left out for good."""
    second = f"{int(name[:2]) + 1:02}_left_out"
    paths = [new_chapter.add(book, each, "On trial") for each in (name, second)]
    paths[1].write_text(paths[1].read_text("utf8").replace("hide-input", "remove-input"), "utf8")
    shutil.copytree(ROOT / "site", book / "site", ignore=shutil.ignore_patterns("__pycache__"))  # it reads chapters beside itself
    shutil.copytree(ROOT / "src", book / "src", ignore=shutil.ignore_patterns("__pycache__"))  # a link needs rights on Windows
    shutil.copy(ROOT / "_config.yml", book)
    (book / "_toc.yml").write_text(f"format: jb-book\nroot: chapters/{name}\nchapters:\n- file: chapters/{second}\n", "utf8")
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    command = [jupyter_book, "build", str(book), "--builder", "custom", "--custom-builder", "dummy"]
    run = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, encoding="utf8", timeout=600)
    assert run.returncode == 0, (run.stdout + run.stderr)[-3000:]


@pytest.mark.parametrize("wrong, title, words", [
    ("08", "x", "NAME must be"), ("99_far", "x", "as the last chapter is"), ("Late", "x", "in small letters"),
    (None, " ", "TITLE must be words"), (None, "a [b]", "without brackets"),
])  # fmt: skip
def test_what_cannot_be_a_chapter_is_told_and_nothing_is_written(book, name, wrong, title, words):
    before = {path: path.read_bytes() for path in book.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match=words):
        new_chapter.add(book, wrong or name, title)
    assert {path: path.read_bytes() for path in book.rglob("*") if path.is_file()} == before


def test_only_the_last_chapter_is_taken_out(book):
    with pytest.raises(ValueError, match="must be the last chapter"):
        new_chapter.remove(book, "01_tokens_as_particles")
