"""The package as it is installed: a wheel made from the source archive works outside the repository. No network is used."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from bring_browser import unpacked

import tokendynamics
from tokendynamics import ledger

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, 'build_' + sys.argv[1])(sys.argv[2])"
NEEDED = ["pyproject.toml", "README.md", "LICENSE", "src"]


def run(*command, cwd):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf8", timeout=600)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"  # a build leaves things behind
    copy.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    run(sys.executable, "-c", BUILD, "sdist", str(folder), cwd=copy)
    unpacked(next(folder.glob("*.tar.gz")), folder)
    run(sys.executable, "-c", BUILD, "wheel", str(folder), cwd=folder / f"tokendynamics-{tokendynamics.__version__}")
    return next(folder.glob("*.whl"))


def test_it_holds_what_the_package_reads_and_nothing_else(wheel):
    source = ROOT / "src" / "tokendynamics"
    wanted = {path.relative_to(source.parent).as_posix() for path in source.rglob("*.py")}
    wanted |= {
        f"tokendynamics/{path.relative_to(source).as_posix()}"
        for path in [
            *filter(Path.is_file, source.glob("data/**/*")),
            *source.glob("widgets/static/*"),
            *source.glob("widgets/*/*.json"),
            *source.glob("exercises/*.json"),
        ]
    }
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == wanted | {"tokendynamics/py.typed"}


def test_it_works_where_only_it_is_installed(wheel, tmp_path):
    """The new environment sees the libraries of this one, but neither its editable install nor the repository."""
    place = tmp_path / "environment"
    venv.create(place, with_pip=False, symlinks=os.name == "posix")  # a copy of a Python that is not the system's may not find its library
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-compile",
        str(wheel),
        cwd=tmp_path,
    )
    library = sysconfig.get_path("purelib", vars={"base": str(place)})
    Path(library, "libraries.pth").write_text("\n".join(path for path in sys.path if path.endswith("-packages")), "utf8")
    told = json.loads(run(str(python), str(Path(__file__).with_name("smoke.py")), cwd=tmp_path))
    assert Path(told["where"]).is_relative_to(place)
    assert told["version"] == tokendynamics.__version__ and told["claims"] == len(ledger.claims())
