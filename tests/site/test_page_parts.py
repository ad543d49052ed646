"""A page goes without most of the module's compiled code (site/book_wasm.py): all that is left must do what it does elsewhere."""

import ast
import gzip
import io
import json
import re
import subprocess
import sys
import zipfile

import book_python
import page_parts
import pytest
import weekly
from page_python import Session, of, printed, result


@weekly.seldom
@pytest.mark.parametrize("name", page_parts.PROGRAMS)
def test_a_program_prints_in_the_page_what_it_prints_here(python_page, visit, name):
    program = page_parts.PROGRAMS[name]
    here = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf8").stdout
    session = Session(visit(python_page))
    heard = session.run(program, timeout=300_000)
    assert not of(session.heard(), "fault")
    assert not of(heard, "error"), of(heard, "error")[0]["lines"]
    assert printed(heard).splitlines() == here.splitlines()


def modules(folder):
    """The names of all modules in a page's archives."""
    about = json.loads((folder / book_python.FOLDER / "card.json").read_text("utf8"))["files"]
    for name in ("library", "widgets", "book"):
        archive = zipfile.ZipFile(io.BytesIO(gzip.decompress((folder / book_python.FOLDER / about[name]["file"]).read_bytes())))
        for path in archive.namelist():
            if path.endswith((".py", ".pyc")) and "__main__" not in path:
                yield path.rsplit(".", 1)[0].removesuffix("/__init__").replace("/", ".")


# They want processes, threads, a terminal, another system, or a package that is not here.
CANNOT = re.compile(
    r"anywidget\._cellmagic|asyncio\.(tools|windows_)|compression\.zstd|concurrent\.(futures\.interpreter|interpreters)|contourpy\.util\.bokeh"
    r"|dateutil\.(tz\.win|tzwin)|encodings\.(mbcs|oem)|host\.tools|matplotlib\.backends\._backend_pdf_ps|multiprocessing\.|numpy\._(core\.cversions|pyinstaller)"
    r"|numpy\.random\._examples|packaging\.metadata|PIL\.(FpxImage|MicImage|_tkinter|report)|profiling\.|psygnal\.(_evented|containers\._evented|qt)|pty|pyparsing\.diagram|ssl|tty"
)
IMPORT = """import importlib, os, warnings
warnings.simplefilter("ignore")
failed = {}
for name in NAMES:
    try:
        importlib.import_module(name)
    except BaseException as error:
        failed[name] = f"{type(error).__name__}: {error}"
failed"""


@weekly.seldom
def test_every_module_of_a_page_can_be_imported(python_page, python_folder, visit):
    names = sorted(set(modules(python_folder)))
    assert len(names) > 900
    heard = Session(visit(python_page)).run(IMPORT.replace("NAMES", repr(names)), timeout=300_000)
    failed = ast.literal_eval(result(heard))
    assert {name: why for name, why in failed.items() if not CANNOT.match(name)} == {}


def test_a_compiled_module_that_is_left_out_cannot_be_imported_and_ends_nothing(python_page, visit, card):
    assert card["trimmed"], "make site/python/trim.txt again for this wheel: site/python/trim.mjs says how"
    session = Session(visit(python_page))
    code = "import importlib.util, sys\nfrom importlib.machinery import BuiltinImporter\n"
    for name in ("scipy._lib._fpumode", "pandas._libs.algos", "regex._regex", "lxml.etree", "sklearn.tree._tree"):
        heard = session.run(f"{code}importlib.util.module_from_spec(BuiltinImporter.find_spec({name!r}))")
        assert of(heard, "error")[0]["name"] == "SystemError"
    (error,) = of(session.run("import pandas"), "error")
    assert error["lines"][-2] == "ModuleNotFoundError: No module named 'pandas'"
    assert error["lines"][-1].startswith("A page brings numpy, matplotlib")
