"""Compile the two locks from pyproject.toml; `make lock` calls this with a Python that has uv.

One lock serves every Python that pyproject.toml allows and every system: what differs between them carries a marker.
pip reads it as it stands. From wheels alone, so that nobody needs a compiler: `lock.py --wheels` asks the registry for
each Python and system, and names each gap.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OLDEST = "3.11.0"
SYSTEMS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "x86_64-apple-darwin", "aarch64-apple-darwin",
           "x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc")  # fmt: skip
COMPILE = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST, "--only-binary", ":all:",
           "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--upgrade", "pyproject.toml"]  # fmt: skip
READERS = """\
# What readers and Binder install: every version that the book was built and tested with, and the package itself.
# Compiled from pyproject.toml for every Python and system at once. To renew it, after a change there or for newer versions: make lock
"""
TESTS = """\
# What the tests need on top of requirements.txt. Compiled from pyproject.toml; to renew it: make lock
"""


def compile_lock(name, head, extras, *options, tail="", without=()):
    """Write one lock; returns its lines."""
    path = ROOT / name
    words = [word for extra in extras for word in ("--extra", extra)]
    subprocess.run([*COMPILE, *options, *words, "--output-file", str(path)], cwd=ROOT, check=True)
    lines = [line for line in path.read_text("utf8").splitlines() if line and not line.startswith("#") and line not in without]
    path.write_text(head + "\n".join(lines) + "\n" + tail, "utf8", newline="\n")
    return lines


# named in the README: PyYAML has no wheel for Python 3.11 on Windows on ARM
KNOWN = {("requirements.txt", "3.11.2", "aarch64-pc-windows-msvc")}


def gaps(pythons=("3.11.2", "3.12", "3.13", "3.14", "3.15"), systems=SYSTEMS):
    """(lock, Python, system, words) where the registry has no wheel for a machine that a lock is for."""
    found = []
    for name in ("requirements.txt", "requirements-test.txt"):
        lines = "".join(line for line in (ROOT / name).read_text("utf8").splitlines(keepends=True) if not line.startswith("-e"))
        for python in pythons:
            for system in systems:
                options = ["--no-deps", "--quiet", "--python-version", python, "--python-platform", system, "--only-binary", ":all:"]
                run = subprocess.run(
                    [sys.executable, "-m", "uv", "pip", "compile", *options, "-"], input=lines, encoding="utf8", capture_output=True
                )
                if run.returncode:
                    found.append((name, python, system, " ".join(run.stderr.split())[:300]))
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["--wheels"]:
        found = [gap for gap in gaps() if gap[:3] not in KNOWN]
        print("\n".join(map(" · ".join, found)) or "every machine finds a wheel of everything")
        sys.exit(bool(found))
    readers = compile_lock("requirements.txt", READERS, ["book"], tail="-e .\n")
    held = ROOT / "_build" / "held.txt"
    held.parent.mkdir(exist_ok=True)
    held.write_text("\n".join(readers) + "\n", "utf8", newline="\n")
    compile_lock("requirements-test.txt", TESTS, ["test", "real-model", "sweeps", "cluster"], "--constraint", str(held), without=readers)
