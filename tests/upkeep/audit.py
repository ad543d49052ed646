"""Are there known holes in what the book installs? `make audit` calls this with a Python that has pip-audit.

It asks the registries of Python and of npm, so it is no part of `make test`. It exits with 1 for a hole, and with 2 where a registry gave
no answer: pip-audit itself calls that a clean bill of health.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLEAN, HOLES, UNKNOWN = 0, 1, 2


def python(lock):
    """What pip-audit says of a lock, and in words."""
    named = [line for line in (ROOT / lock).read_text("utf8").splitlines() if "==" in line]
    listed = ROOT / "_build" / f"audited-{lock}"
    listed.write_text("\n".join(named) + "\n", "utf8")
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(listed),
        "--no-deps",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--format",
        "json",
    ]
    run = subprocess.run(command, capture_output=True, encoding="utf8")
    try:
        packages = json.loads(run.stdout)["dependencies"]
    except ValueError:
        return UNKNOWN, f"{lock} could not be audited: {run.stderr.strip().splitlines()[-1]}"
    return python_told(lock, packages)


def python_told(lock, packages):
    skipped = [package for package in packages if "skip_reason" in package]
    holes = [f"{package['name']} {package['version']}: {hole['id']}" for package in packages for hole in package.get("vulns", [])]
    if holes:
        return HOLES, f"{lock}: {len(holes)} known holes\n    " + "\n    ".join(holes)
    if skipped or not packages:
        return UNKNOWN, f"{lock} could not be audited: the registry gave no answer for {len(skipped)} of {len(packages)} packages"
    return CLEAN, f"{lock}: {len(packages)} packages, no known hole"


def javascript():
    """What npm says of package-lock.json, and in words."""
    npm = shutil.which("npm")
    if npm is None:
        return UNKNOWN, "package-lock.json could not be audited: there is no npm on the path"
    run = subprocess.run([npm, "audit", "--json"], cwd=ROOT, capture_output=True, encoding="utf8")
    return javascript_told(run.stdout)


def javascript_told(answer):
    try:
        told = json.loads(answer)
        total, packages = told["metadata"]["vulnerabilities"]["total"], told["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError):
        return UNKNOWN, "package-lock.json could not be audited: the registry gave no answer"
    if total:
        return HOLES, f"package-lock.json: {total} known holes in {', '.join(told['vulnerabilities'])}"
    return CLEAN, f"package-lock.json: {packages} packages, no known hole"


def main():
    (ROOT / "_build").mkdir(exist_ok=True)
    told = [python("requirements.txt"), python("requirements-test.txt"), javascript()]
    print(*(words for _, words in told), sep="\n")
    codes = [code for code, _ in told]
    return HOLES if HOLES in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
