"""Every test: what needs no browser (notebooks by nbval, laws, parity, upkeep) beside what does (the built book, JupyterLab). `make test` calls it.

The two halves run at the same time; the second is printed when it has ended. `laws` or `site` alone as argument runs one of them. A
test in a browser that fails is tried once more, and said to have been (RERUN): on a busy machine half a second of play may show two
frames. Other arguments go to pytest, in one run without a second try: `.venv/bin/python tests/run.py -k force_lab`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from browser import browser_path
from other_browsers import ENGINES

ROOT = Path(__file__).parents[1]
IN_BROWSER = ("tests/jupyter", "tests/site")
TWO_AT_ONCE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")  # a file keeps its browser; few and slow tests come first
AGAIN = ("--reruns", "1", "-rR")


def run(*arguments, said=None):
    """(exit code, seconds) of one pytest; it writes to the file `said`, or where this script does."""
    # two cores: numpy's own threads would only fight over them
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | os.environ
    start = time.monotonic()
    code = subprocess.run([sys.executable, "-m", "pytest", "-q", *arguments], env=environment, stdout=said, stderr=said).returncode
    return code, time.monotonic() - start


def main(arguments):
    os.chdir(ROOT)
    if arguments != ["laws"] and not browser_path():
        print("no browser found: installing Playwright's", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)
    notebooks = [name for name in ("index.ipynb", "chapters", "back") if Path(name).exists()]
    parts = {
        "laws": ["--nbval", *notebooks, "tests", *(f"--ignore={folder}" for folder in IN_BROWSER)],
        "site": [*TWO_AT_ONCE, *AGAIN, *IN_BROWSER],
    }
    if arguments and (part := parts.get(arguments[0])):
        return run(*part, *arguments[1:])[0]
    if arguments:
        return run("--nbval", *notebooks, "tests", *arguments)[0]
    with tempfile.TemporaryFile() as said, ThreadPoolExecutor() as pool:
        browser = pool.submit(run, *parts["site"], said=said)
        desk = run(*parts["laws"])
        browser = browser.result()
        said.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(said, sys.stdout.buffer)
    for name, (code, seconds) in {"at the desk": desk, "in browsers": browser}.items():
        print(f"{name}: {'failed' if code else 'passed'} in {seconds / 60:.1f} min")
    for name, engine in ENGINES.items():
        if engine.missing():
            print(f"not run here: {name} ({engine.missing()})")
    return desk[0] or browser[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
