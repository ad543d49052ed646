"""Store a notebook as the hygiene test wants it: the text of marked cells, counted from the top, and nothing else.

    .venv/bin/python tests/notebooks/store.py chapters/01_tokens_as_particles.ipynb …          runs, then stores
    .venv/bin/python tests/notebooks/store.py --tidy chapters/*.ipynb back/*.ipynb index.ipynb  runs nothing; counts anew

A notebook that is stored as it should be is left untouched. With `--check` nothing is written, and the exit code says whether anything would be.
"""

import argparse
import sys
from pathlib import Path

import nbformat

MARK = "# NBVAL_CHECK_OUTPUT"


def run(notebook, path):
    """Run every cell from the top, in the notebook's own folder. Says which cell failed, and stops."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    try:
        NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(path.resolve().parent)}}).execute()
    except CellExecutionError as error:
        sys.exit(f"{error}\n{path} was not stored.")


def tidy(notebook):
    """Keep what marked cells print, drop every other output, and what JupyterLab leaves in the metadata."""
    place = 0
    for cell in notebook.cells:
        for passing in ("execution", "ExecuteTime", "collapsed", "trusted"):
            cell.metadata.pop(passing, None)
        if cell.cell_type != "code":
            continue
        place += 1
        marked = cell.source.startswith(MARK)
        cell.execution_count = place if marked else None
        cell.outputs = [kept(output, place) for output in merged(cell.outputs)] if marked else []
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def merged(outputs):
    """Streams of one name that came in pieces, as one."""
    whole = []
    for output in outputs:
        if whole and output.output_type == "stream" == whole[-1].output_type and output.name == whole[-1].name:
            whole[-1].text += output.text
        else:
            whole.append(output)
    return whole


def kept(output, place):
    if output.output_type == "execute_result":
        output.data = {"text/plain": output.data["text/plain"]}  # what else an object shows of itself, a run makes again
        output.execution_count = place
    return output


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--tidy", action="store_true", help="run nothing")
    parser.add_argument("--check", action="store_true", help="write nothing, run nothing")
    options = parser.parse_args(arguments)
    untidy = []
    for path in options.notebooks:
        before = path.read_text("utf8")
        notebook = nbformat.reads(before, as_version=4)
        if not (options.tidy or options.check):
            run(notebook, path)
        after = nbformat.writes(tidy(notebook)) + "\n"
        if after != before:
            untidy.append(path)
            if not options.check:
                path.write_text(after, "utf8", newline="\n")
    for path in untidy:
        print(path, "is not as it should be stored" if options.check else "stored")
    return 1 if options.check and untidy else 0


if __name__ == "__main__":
    sys.exit(main())
