"""What a class meets: every notebook in a fresh environment, run in JupyterLab by a browser, its time and memory measured.

    .venv/bin/python tests/jupyter/classroom.py [NOTEBOOK …]       (make classroom; 5 to 10 minutes)

Makes a virtual environment with nothing but requirements.txt, writes the table to benchmarks/RESULTS.md and what it
says of each chapter to that chapter's head. Fails where a notebook fails or a bar is missed. Memory is read from /proc, so Linux only.
"""

import argparse
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lab
import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "benchmarks")]
import results  # noqa: E402
from browser import ARGUMENTS, browser_path  # noqa: E402

NOTEBOOKS = [path.relative_to(ROOT).as_posix() for folder in ("chapters", "back") for path in sorted((ROOT / folder).glob("*.ipynb"))]
TITLE = "Classroom"
SECONDS, MEMORY, INSTALL = 60, 1000, 600  # a notebook's bars, MB for kernel and server together, MB of the environment
MB = 1e6
GUIDE = ROOT / "back" / "teaching.md"
TAKES = re.compile(r"less than \d+ seconds and \d+ MB of memory")
HEAD = re.compile(r"(\*It takes\* [^.]*? to read),? and [^.]* to run\.")


def fresh_environment(folder, reuse=False):
    """The interpreter of a new virtual environment that holds requirements.txt and nothing else."""
    python = folder / "bin" / "python"
    if not (reuse and python.exists()):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]
        subprocess.run(command, cwd=ROOT, check=True)
    return python


def installed(folder):
    """(MB of all files, names of anything that is node) in an environment."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(path.stat().st_size for path in files) / MB, [path.name for path in files if path.name in ("node", "node.exe")]


def peak(process):
    """The most memory that a process had resident so far, in MB."""
    status = Path(f"/proc/{process.pid}/status").read_text("utf8")
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024 / MB


def measured(browser, python, notebook):
    """(Run, processor seconds of the kernel, its MB, the server's MB) of one notebook, in a JupyterLab and a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        book = Path(home) / "book"  # JupyterLab saves what it opens
        (book / notebook).parent.mkdir(parents=True)
        shutil.copy(ROOT / notebook, book / notebook)
        # nothing of this machine: a reader's environment knows no settings and no caches
        environment = {"PATH": f"{python.parent}:/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8"}
        with lab.served(book, home, python=python, environment=environment, before=[ROOT / "start"]) as (address, server):
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            run = lab.run_all(page, address, notebook)
            server = psutil.Process(server.pid)
            kernels = server.children(recursive=True)
            worked = sum(sum(kernel.cpu_times()[:2]) for kernel in kernels)
            page.close()
            return run, worked, sum(map(peak, kernels)), peak(server)


def takes(seconds, memory):
    """What a reader is told; rounded up, so that the same machine says the same again."""
    return f"less than {10 * math.ceil(seconds / 10)} seconds and {50 * math.ceil(memory / 50)} MB of memory"


def recorded():
    """{notebook: (seconds, MB of kernel and server)}, read from the table of the last whole measurement."""
    return {
        f"{row['notebook']}.ipynb": (float(row["seconds"]), int(row["kernel, MB"]) + int(row["server, MB"]))
        for row in results.recorded(TITLE)
    }


def tell():
    """Write the recorded figures to the heads of the chapters, and the largest to the teacher's guide."""
    for name, figures in recorded().items():
        path = ROOT / name
        notebook = json.loads(path.read_text("utf8"))
        before = "".join(notebook["cells"][0]["source"])
        after = HEAD.sub(rf"\1, and {takes(*figures)} to run.", before)
        if after != before:
            notebook["cells"][0]["source"] = after.splitlines(keepends=True)
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf8", newline="\n")
    most = [max(column) for column in zip(*recorded().values())]
    GUIDE.write_text(TAKES.sub(takes(*most), GUIDE.read_text("utf8")), "utf8", newline="\n")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", default=NOTEBOOKS, metavar="NOTEBOOK", help="only these; then nothing is written")
    parser.add_argument("--reuse", action="store_true", help="keep the environment of the last time")
    options = parser.parse_args(arguments)
    folder = ROOT / "_build" / "classroom"
    python = fresh_environment(folder, options.reuse)
    size, nodes = installed(folder)
    missed = [f"the environment is {size:.0f} MB, more than {INSTALL}"] * (size > INSTALL) + [f"node: {nodes}"] * bool(nodes)
    rows, load = [], results.load()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        for name in options.notebooks:
            run, worked, kernel, server = measured(browser, python, name)
            missed += [f"{name}: {error}" for error in run.errors]
            missed += [f"{name}: {run.seconds:.1f} s, more than {SECONDS}"] * (run.seconds > SECONDS)
            missed += [f"{name}: {kernel + server:.0f} MB, more than {MEMORY}"] * (kernel + server > MEMORY)
            rows.append(
                (name.removesuffix(".ipynb"), f"{run.seconds:.1f}", f"{worked:.1f}", f"{kernel:.0f}", f"{server:.0f}", len(run.widgets))
            )
            print(*rows[-1], flush=True)
        browser.close()
    if options.notebooks == NOTEBOOKS:
        about = f"""\
A new environment with `requirements.txt` and nothing else: {size:.0f} MB (bar {INSTALL}), {len(nodes) or "no"} node. In it each notebook alone in
JupyterLab, started as Binder starts it (`start`), driven by Chromium, in a new home: seconds from *Run All Cells* until the last widget can be
used (bar {SECONDS}), seconds for which the kernel held a processor, and the most memory that kernel and server had (bar {MEMORY} MB together). The
machine's load when this began was {load:.1f}; where it is beyond the number of cores, read the processor's seconds."""
        columns = ["notebook", "seconds", "processor, s", "kernel, MB", "server, MB", "widgets"]
        results.write(TITLE, "python tests/jupyter/classroom.py", about, results.table(columns, rows))
        tell()
    print(*missed, sep="\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
