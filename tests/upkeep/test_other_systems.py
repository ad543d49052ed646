"""What Windows and macOS do otherwise, as far as it can be tried anywhere: encodings, line ends, names of files, processes that are not forked."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tokendynamics.heads import four_tasks

ROOT = Path(__file__).parents[2]
FOLDERS = ("src", "site", "tests", "workshop", "benchmarks", "chapters", "back")
MADE = ("__pycache__", ".egg-info", ".ipynb_checkpoints")
FILES = [
    path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.is_file() and not any(n in str(path) for n in MADE)
]
TEXTS = (".py", ".js", ".mjs", ".ts", ".css", ".json", ".ipynb", ".md", ".tsv", ".txt", ".toml", ".bib", ".svg")
# the commands of the package, and all that it reads, in the encoding of a machine that knows none but English letters
COMMANDS = ["exercises", "exercises grade", "emergence.run", "heads.four_tasks", "memory.countries", "widgets.heads_and_tasks.model"]
COMMANDS += [f"real.{name}" for name in ("causal_heads", "laws", "mobility", "probes", "senses")]
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii:strict"}
READ = """
import importlib, locale, pkgutil, runpy, sys
import tokendynamics
from tokendynamics import ledger
from tokendynamics.exercises import EXERCISES
from tokendynamics.memory import countries
from tokendynamics.real import laws

assert locale.getencoding().lower() not in ("utf-8", "utf8")
names = [found.name for found in pkgutil.walk_packages(tokendynamics.__path__, "tokendynamics.") if "__main__" not in found.name]
read = [module.shipped() for module in map(importlib.import_module, names) if hasattr(module, "shipped")]
assert len(read) > 4 and ledger.claims() and countries.read_names() and laws.sentences()
for command in sys.argv[1:]:
    name, *words = command.split()
    sys.argv = [name, *words, *(["--help"] if command != "exercises list" else [])]
    try:
        runpy.run_module(f"tokendynamics.{name}", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        assert not end.code, command
"""


def unsaid(call):
    """Whether a call opens text, or reads what a process says, and leaves its encoding to the system."""
    name, given = getattr(call.func, "attr", getattr(call.func, "id", "")), {word.arg for word in call.keywords}
    if "encoding" in given:
        return False
    if name in ("read_text", "write_text"):
        return len(call.args) <= (name == "write_text")
    if name == "open" and all(isinstance(value, ast.Constant) for value in call.args):  # a path's; that of Image takes what no constant is
        return not any("b" in str(value.value) for value in call.args)
    if name == "open" and isinstance(call.func, ast.Name):
        return len(call.args) < 2 or "b" not in str(getattr(call.args[1], "value", "b"))
    return bool(given & {"text", "universal_newlines"})


def test_every_text_is_opened_in_an_encoding_that_is_said():
    nodes = ((path, node) for path in FILES if path.suffix == ".py" for node in ast.walk(ast.parse(path.read_text("utf8"))))
    assert [f"{path}:{node.lineno}" for path, node in nodes if isinstance(node, ast.Call) and unsaid(node)] == []


def test_the_package_reads_and_speaks_whatever_the_machines_encoding():
    command = [sys.executable, "-c", READ, *COMMANDS, "exercises list"]
    done = subprocess.run(command, env=os.environ | PLAIN, encoding="utf8", capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    assert r"\u" in done.stdout and "--megabytes" in done.stdout


def test_lines_end_alike_on_every_system():
    if (ROOT / ".git").exists():  # an archive needs no attributes
        assert (ROOT / ".gitattributes").read_text("utf8") == "* text=auto eol=lf\n*.bin binary\n"
    assert [path for path in FILES if path.suffix in TEXTS and b"\r" in path.read_bytes()] == []


def test_names_of_files_can_stand_on_every_system():
    names = [path.relative_to(ROOT).as_posix() for path in FILES]
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert len(name) <= 150 and re.fullmatch(r"[\w./ -]+", name, re.ASCII), name
        assert not re.search(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)|[. ](/|$)", name, re.IGNORECASE), name


def test_models_are_trained_in_processes_that_are_not_forked(tmp_path):
    code = (
        "import multiprocessing, runpy; multiprocessing.set_start_method('spawn');"
        "runpy.run_module('tokendynamics.heads.four_tasks', run_name='__main__', alter_sys=True)"
    )
    given = ["--out", str(tmp_path), "--jobs", "1", "--seeds", "1", "--steps", "2", "--fine-steps", "1"]
    subprocess.run([sys.executable, "-c", code, *given], check=True, timeout=600)
    assert json.loads((tmp_path / "four_tasks.json").read_text("utf8"))["recipe"]["steps"] == 2
    four_tasks.load("joint", 0, folder=tmp_path)
