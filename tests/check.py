"""What can be known in a minute, with no book built: lint, format, types, contracts, notebooks as stored, the fast laws. `make check` calls it.

All parts run side by side. A part that finds nothing says one line. The whole is `make test`.
"""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUICK = {"HYPOTHESIS_PROFILE": "quick", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
PYTHON = [sys.executable, "-m"]


def files(*patterns):
    return [path.relative_to(ROOT).as_posix() for pattern in patterns for path in sorted(ROOT.glob(pattern))]


# the tests of what stands at the top of the package, and of M; what trains, measures or calls everything is left to make test
LONGER = {"tests/test_claims_computed.py", "tests/test_bad_calls.py"}
LAWS = [path for path in files("tests/test_*.py", "tests/memory/test_*.py") if path not in LONGER]
PARTS = {
    "laws": [*PYTHON, "pytest", "-q", "-n", "2", "--tb=short", *LAWS],
    "types": [*PYTHON, "mypy", "--cache-dir", "_build/mypy"],
    "scripts": [shutil.which("npm") or "npm", "run", "--silent", "check"],
    "lint": [*PYTHON, "ruff", "check", "--no-cache", "."],
    "format": [*PYTHON, "ruff", "format", "--no-cache", "--check", "."],
    "contracts": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    "notebooks": [sys.executable, "tests/notebooks/store.py", "--check", *files("index.ipynb", "chapters/*.ipynb", "back/*.ipynb")],
}


def run(part):
    """Run a part, say how it went, and whether it found nothing."""
    name, command = part
    start = time.perf_counter()
    done = subprocess.run(
        command, env=os.environ | QUICK, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf8", errors="replace"
    )
    said = "passed" if done.returncode == 0 else f"FAILED: {' '.join(command)}\n{done.stdout}"
    print(f"{name:10}{time.perf_counter() - start:5.1f} s  {said}", flush=True)
    return done.returncode == 0


def main():
    os.chdir(ROOT)
    with ThreadPoolExecutor(len(PARTS)) as pool:
        return 0 if all(list(pool.map(run, PARTS.items()))) else 1


if __name__ == "__main__":
    sys.exit(main())
