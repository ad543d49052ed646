"""Every test: notebooks by nbval, laws, parity, upkeep, the built book in browsers, JupyterLab. `make test` calls it.

As many run at once as there are cores, and three at least, since browsers wait; each file in one process. A test in a browser that fails is
tried once more, and said to have been (RERUN). One that takes longer than a quarter of an hour is stopped, and said where it stood (HANGS). `laws` or `site` as argument runs a part: what needs no browser, or what does. Other
arguments go to pytest, in one process without a second try: `python workshop test -k force_lab`.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workshop"))
from bring_browser import NotHad, bring  # noqa: E402
from console import Console, lasted, say  # noqa: E402
from environment import variables  # noqa: E402
from hanging import MARK  # noqa: E402
from other_browsers import ENGINES  # noqa: E402

IN_BROWSER = ("tests/jupyter", "tests/site")
NOTEBOOKS = [name for name in ("index.ipynb", "chapters", "back") if (ROOT / name).exists()]
ALL = ["--nbval", "--nbval-cell-timeout=600", *NOTEBOOKS, "tests"]
LONGEST = ("-o", "faulthandler_timeout=900", "-o", "faulthandler_exit_on_timeout=true")  # seconds of one test; then its process ends
PARTS = {"all": ALL, "laws": [*ALL, *(f"--ignore={folder}" for folder in IN_BROWSER)], "site": [*IN_BROWSER]}
TOGETHER = ("-n", str(max(3, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder", "-raR", "--durations=30")
LOG = ROOT / "_build" / "log" / "tests.txt"
PERCENT = re.compile(r"\[ *(\d+)%\]\s*$")


class Missing(NamedTuple):
    """What this machine lacks: the tests that do not run, why, and the command that brings it."""

    tests: str
    marked: str
    why: str
    command: str


def pytest(*arguments):
    return [sys.executable, "-m", "pytest", "-q", *LONGEST, *arguments]


def run(arguments, environment):
    """(exit code, what pytest said); every tenth is told on the way, and what hangs."""
    console, start, told = Console(LOG), time.monotonic(), [0]

    def hears(line):
        if line.startswith(MARK):
            say(f"  {line.rstrip()}")
        if (found := PERCENT.search(line)) and int(found[1]) // 10 > told[0]:
            told[0] = int(found[1]) // 10
            say(f"  tests: {10 * told[0]} % in {lasted(time.monotonic() - start)}")

    return console.run(pytest(*TOGETHER, *arguments), hears, cwd=ROOT, env=environment)


def browser():
    """({variables for the tests}, what is missing) after a look for a Chromium, and a way to one."""
    start = time.monotonic()
    try:
        path = bring()
    except NotHad as reason:
        command = "apt-get install chromium" if sys.platform == "linux" else "install Chrome, or set CHROMIUM to the path of one like it"
        return {"NO_CHROMIUM": "1"}, [Missing("tests in Chromium", "it needs Chromium", str(reason), command)]
    say(f"  a browser: {path} (found in {lasted(time.monotonic() - start)})")
    return {"CHROMIUM": path}, []


def told(code, said):
    """Say what came of the tests: what failed, and pytest's last line."""
    lines = said.splitlines()
    failed = [line for line in lines if re.match(r"(FAILED|ERROR|UNDECIDED) ", line)]
    if code:
        say(f"\n{len(failed)} failed. Each with its reasons: {LOG}" if failed else f"\nThe tests broke off: {LOG}")
        whole = os.environ.get("CI") or not failed  # nobody can open a file there
        begins = next((n for n, line in enumerate(lines) if re.match(r"=+ (FAILURES|ERRORS) =+", line)), max(0, len(lines) - 60))
        say("\n".join(lines[begins:] if whole else failed))
    for line in lines:
        if line.startswith("RERUN "):
            say(line)
    say(f"tests: {lines[-1].strip('= ') if lines else 'nothing was said'}")


def main(arguments):
    environment = variables()
    missing = []
    if arguments != ["laws"]:
        found, missing = browser()
        environment |= found
        missing += [
            Missing(f"tests in {name}", f"not run here: {name}", "it is not here", kind.missing())
            for name, kind in ENGINES.items()
            if kind.missing()
        ]
    if arguments and arguments[0] not in PARTS:
        named = any((ROOT / word.split("::")[0]).exists() for word in arguments)
        return subprocess.call(pytest(*([] if named else ALL), *arguments), cwd=ROOT, env=environment)
    code, said = run(PARTS[arguments[0] if arguments else "all"], environment)
    told(code, said)
    for lack in missing:
        skipped = sum(map(int, re.findall(rf"SKIPPED \[(\d+)\].*{lack.marked}", said)))
        say(f"Not run: {skipped or 'all'} {lack.tests}: {lack.why}. What brings it: {lack.command}")
    return code or (1 if missing and os.environ.get("CI") else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
