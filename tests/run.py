"""Every test: what needs no browser (notebooks by nbval, laws, parity, upkeep) beside what reads the built book, in browsers and without. `make test` calls it.

The two halves run at the same time, each into a log of its own. `laws` or `site` alone as argument runs one of them. A test in a browser
that fails is tried once more, and said to have been (RERUN): on a busy machine half a second of play may show two frames. Other arguments
go to pytest, in one run without a second try: `python workshop test -k force_lab`.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "workshop"))
from bring_browser import NotHad, bring  # noqa: E402
from console import Console, lasted, say  # noqa: E402
from environment import variables  # noqa: E402
from other_browsers import ENGINES  # noqa: E402

IN_BROWSER = ("tests/jupyter", "tests/site")
TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")  # a file keeps its browser; few and slow tests come first
AGAIN = ("--reruns", "1", "-raR")
NOTEBOOKS = [name for name in ("index.ipynb", "chapters", "back") if (ROOT / name).exists()]
PARTS = {
    "laws": ["--nbval", *NOTEBOOKS, "tests", *(f"--ignore={folder}" for folder in IN_BROWSER)],
    "site": [*TWO_AT_ONCE, *AGAIN, *IN_BROWSER],
}
NAMES = {"laws": "tests at the desk", "site": "tests of the built book"}
LOGS = ROOT / "_build" / "log"
PERCENT = re.compile(r"\[ *(\d+)%\]\s*$")


class Missing(NamedTuple):
    """What this machine lacks: the tests that do not run, why, and the command that brings it."""

    tests: str
    marked: str
    why: str
    command: str


class Outcome(NamedTuple):
    part: str
    code: int
    said: str
    seconds: float


def pytest(*arguments):
    return [sys.executable, "-m", "pytest", "-q", *arguments]


def run(part, environment):
    """Run a half of the tests; say every quarter how far it is."""
    console, start, told = Console(LOGS / f"test-{part}.txt"), time.monotonic(), [0]

    def hears(line):
        if (found := PERCENT.search(line)) and int(found[1]) // 25 > told[0]:
            told[0] = int(found[1]) // 25
            say(f"  {NAMES[part]}: {25 * told[0]} % in {lasted(time.monotonic() - start)}")

    code, said = console.run(pytest(*PARTS[part]), hears, cwd=ROOT, env=environment)
    return Outcome(part, code, said, time.monotonic() - start)


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


def told(outcome):
    """What came of a half: pytest's last line, and what failed before it."""
    log = LOGS / f"test-{outcome.part}.txt"
    lines = outcome.said.splitlines()
    failed = [line for line in lines if re.match(r"(FAILED|ERROR) ", line)]
    if outcome.code:
        say(
            f"\n{NAMES[outcome.part]}: {len(failed)} failed. Each with its reasons: {log}"
            if failed
            else f"\n{NAMES[outcome.part]} broke off: {log}"
        )
        whole = os.environ.get("CI") or not failed  # nobody can open a file there
        begins = next((n for n, line in enumerate(lines) if re.match(r"=+ (FAILURES|ERRORS) =+", line)), max(0, len(lines) - 60))
        say("\n".join(lines[begins:] if whole else failed))
    else:
        for line in lines:
            if line.startswith("RERUN "):
                say(line)
    say(f"{NAMES[outcome.part]}: {lines[-1].strip('= ') if lines else 'nothing was said'} ({outcome.seconds / 60:.1f} min)")


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
        return subprocess.call(pytest(*([] if named else ["--nbval", *NOTEBOOKS, "tests"]), *arguments), cwd=ROOT, env=environment)
    parts = arguments[:1] or list(PARTS)
    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(lambda part: run(part, environment), parts))
    for outcome in outcomes:
        told(outcome)
    for lack in missing:
        skipped = sum(int(n) for outcome in outcomes for n in re.findall(rf"SKIPPED \[(\d+)\].*{lack.marked}", outcome.said))
        say(f"Not run: {skipped or 'all'} {lack.tests}: {lack.why}. What brings it: {lack.command}")
    return max(outcome.code for outcome in outcomes) or (1 if missing and os.environ.get("CI") else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
