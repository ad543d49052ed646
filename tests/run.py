"""Every test in one run: notebooks by nbval, then laws, parity, the built book and JupyterLab. `make test` calls it.

Arguments go to pytest: `.venv/bin/python tests/run.py -k force_lab`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(arguments):
    os.chdir(ROOT)
    if not os.environ.get("CHROMIUM") and not any(map(shutil.which, BROWSERS)):
        print("no browser found: installing Playwright's", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)
    notebooks = [name for name in ("index.ipynb", "chapters", "back") if Path(name).exists()]
    # two cores: numpy's own threads would only fight over them
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} | os.environ
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", *notebooks, "tests", *arguments]
    return subprocess.run(command, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
