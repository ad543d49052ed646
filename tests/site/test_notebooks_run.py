"""Kernels of the build speak through files of their user, and what a build that was cut off left in the cache is not read."""

import os
import shutil
import sqlite3
import threading
from types import SimpleNamespace

import book_notebooks
import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient import NotebookClient


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_a_kernel_in_another_folder_is_spoken_to_with_no_port_and_no_warning(tmp_path, capfd):
    book_notebooks.speak_privately()
    assert KernelManager().transport == AsyncKernelManager().transport == "ipc"
    code = "import json, os\nfrom ipykernel.connect import get_connection_info\nprint(os.getcwd(), json.loads(get_connection_info())['transport'])"
    done = NotebookClient(notebook(code), resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert done.cells[0].outputs[0].text.split() == [str(tmp_path), "ipc"]
    assert "eavesdropping" not in capfd.readouterr().err
    assert os.listdir(tmp_path) == []  # and its files are gone


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_where_the_path_would_be_too_long_a_port_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(KernelManager.transport, "default_value", "tcp")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
    book_notebooks.speak_privately()
    assert KernelManager.transport.default_value == "tcp"


@pytest.mark.parametrize("damage", ["gone", "half", "folder"])
def test_half_a_result_is_forgotten_and_a_whole_one_kept(tmp_path, damage):
    cache = get_cache(str(tmp_path))
    for name in ("whole", "half"):
        source = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook(f"'{name}'"), source)
        cache.cache_notebook_file(str(source), check_validity=False)
    of = {os.path.basename(record.uri): record for record in cache.list_cache_records()}
    file = tmp_path / "executed" / of["half.ipynb"].hashkey / "base.ipynb"
    if damage == "half":
        file.write_text(file.read_text("utf8")[:40], "utf8")
    else:
        file.unlink() if damage == "gone" else shutil.rmtree(file.parent)
    book_notebooks.forget_halves(str(tmp_path))
    assert [os.path.basename(record.uri) for record in get_cache(str(tmp_path)).list_cache_records()] == ["whole.ipynb"]
    cache.cache_notebook_file(str(tmp_path / "half.ipynb"), check_validity=False)  # and it can be kept anew


def test_an_index_that_is_none_is_thrown_away(tmp_path):
    cache = get_cache(str(tmp_path))
    cache.list_cache_records()
    (tmp_path / "global.db").write_bytes(b"half an index")
    with pytest.raises(Exception, match="not a database"):
        sqlite3.connect(tmp_path / "global.db").execute("select 1 from sqlite_master")
    book_notebooks.forget_halves(str(tmp_path))
    assert get_cache(str(tmp_path)).list_cache_records() == []


def test_notebooks_run_at_once_and_each_is_given_to_who_asks_for_it(tmp_path, monkeypatch):
    both, ran = threading.Barrier(2, timeout=60), []

    def execution(made, cwd, **options):
        if made.cells[0].source != "late":
            both.wait()  # each waits for the other
        ran.append((made.cells[0].source, cwd))
        done = nbformat.from_dict(made | {"metadata": {"ran": made.cells[0].source}})
        made.update(done)
        return SimpleNamespace(nb=made, err=None)

    monkeypatch.setattr(book_notebooks, "single_nb_execution", execution)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    paths = [tmp_path / "one.ipynb", tmp_path / "other.ipynb"]
    for path in paths:
        nbformat.write(notebook(path.stem), path)
    ahead = book_notebooks.Ahead()
    ahead.begin(paths, timeout=60)
    for name in ("other", "one", "late"):  # one more, that nobody foresaw
        asked = notebook(name)
        assert ahead(asked, cwd="here", timeout=60, allow_errors=False).err is None
        assert asked.metadata == {"ran": name}
    assert sorted(ran) == [("late", "here"), ("one", str(tmp_path)), ("other", str(tmp_path))]
