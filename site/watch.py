"""The book while it is written: what is saved is built again, and pages that are open load themselves again. `make watch` calls this.

It builds into `_build/writing`, warnings are told and do not stop it, and nothing is packed for reading offline. What it executes
of notebooks is what `make book` executes, kept in the same place.
"""

import importlib
import multiprocessing
import os
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import watchfiles
import yaml

ROOT = Path(__file__).resolve().parents[1]  # as the system names what changes
OUT = ROOT / "_build" / "writing"
PORT = 8000
# Each build is a process of its own, so that it reads the book's programs anew. Forked, it need not load all else again; Windows
# has no fork, and on macOS what numpy and the fonts have opened does not survive one.
START = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
WRITTEN_BY_BUNDLING = (
    "site/maths/",
    "site/static/host.js",
    "site/static/maths/",
    "site/cells/static/",
    "src/tokendynamics/widgets/static/",
)
BUNDLED = (".js", ".css", ".json")


class Handler(SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_):
        pass


def name(path):
    return Path(path).relative_to(ROOT).as_posix()


def ours(_, path):
    """Whether a change there is one that somebody made."""
    return not name(path).startswith(WRITTEN_BY_BUNDLING) and not any(
        part in path for part in ("__pycache__", ".ipynb_checkpoints", "egg-info")
    )


def build():
    from jupyter_book.cli.main import main

    os.environ["BOOK_WRITING"] = "1"
    main(["build", str(ROOT), "--path-output", str(OUT), "-n", "--keep-going", "-q"], standalone_mode=False)


def built(paths):
    """Build what these paths change, and say how long it took."""
    start = time.perf_counter()
    if any(path.startswith(("src/", "site/host.js", "site/cells/")) and path.endswith(BUNDLED) for path in paths):
        subprocess.run(["node", "site/bundle.mjs"], cwd=ROOT)
    process = START.Process(target=build)
    process.start()
    process.join()
    said = "built" if process.exitcode == 0 else "not built"
    print(f"{said} in {time.perf_counter() - start:.1f} s: {', '.join(paths) or 'the book'}", flush=True)


def serve():
    with suppress(KeyboardInterrupt):
        ThreadingHTTPServer(("127.0.0.1", PORT), partial(Handler, directory=OUT / "_build" / "html")).serve_forever()


def load():
    """What each build needs and nobody edits here; loading it takes as long as building a page."""
    extensions = yaml.safe_load((ROOT / "_config.yml").read_text("utf8"))["sphinx"]["config"]["extensions"]
    for module in ["jupyter_book.cli.main", "jupyter_book.sphinx", "matplotlib.figure", "anywidget", "fontTools.subset", *extensions]:
        if module != "book_site":
            importlib.import_module(module)


def main():
    server = START.Process(target=serve, daemon=True)
    server.start()
    if START.get_start_method() == "fork":
        load()
    built([])
    if not server.is_alive():
        return 1  # something else has the port, as it said
    print(f"Open http://127.0.0.1:{PORT}/index.html and write; Ctrl+C ends it.", flush=True)
    watched = [ROOT / place for place in ("index.ipynb", "_toc.yml", "_config.yml", "chapters", "back", "site", "src", "start")]
    for changes in watchfiles.watch(*watched, watch_filter=ours, raise_interrupt=False):
        built(sorted({name(path) for _, path in changes}))


if __name__ == "__main__":
    sys.exit(main())
