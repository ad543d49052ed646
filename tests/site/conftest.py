"""A built book, a browser with the network off, and a page that must stay free of errors."""

import contextlib
import functools
import http.server
import io
import json
import os
import subprocess
import sys
import threading
import types
from pathlib import Path

import book_python
import one_widget
import page_python
import pytest
import weekly
from building import COMMAND
from cells_page import cells, cells_folder, cells_site  # noqa: F401 (fixtures)
from other_browsers import ENGINES
from windows import Windows, window

from tokendynamics.real import senses

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def book():
    """The folder of the built pages. BOOK_HTML names one that is built already; `make test` does."""
    if "BOOK_HTML" in os.environ:
        folder = Path(os.environ["BOOK_HTML"])
    else:
        subprocess.run(
            [sys.executable, *map(str, COMMAND[1:])], check=True, env={k: v for k, v in os.environ.items() if k != "BOOK_REPOSITORY"}
        )
        folder = ROOT / "_build" / "html"
    assert (folder / "index.html").exists(), f"no built book in {folder}: run make book"
    return folder


@pytest.fixture(scope="session")
def journeys():
    """The real model's numbers that the book ships."""
    return senses.shipped()


@pytest.fixture(scope="session")
def serve():
    """serve(folder) serves a folder on this machine and gives its address; `first` comes first in the head of every page, made(path) gives pages that are no files, `headers` go with all."""
    servers = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, first, made, headers, **options):
            self.first, self.made, self.more = first, made, headers
            super().__init__(*args, **options)

        def log_message(self, *args):
            pass

        def end_headers(self):
            for name, value in self.more.items():
                self.send_header(name, value)
            super().end_headers()

        def send_head(self):
            path, page = Path(self.translate_path(self.path)), self.made(self.path.split("?")[0])
            if not page:
                if not (self.first and path.suffix == ".html" and path.exists()):
                    return super().send_head()
                page = path.read_bytes()
            page = page.replace(b"<head>", b"<head>" + self.first.encode(), 1)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            return io.BytesIO(page)

    def start(folder, first="", made=lambda path: None, headers=types.MappingProxyType({})):
        handler = functools.partial(Quiet, directory=str(folder), first=first, made=made, headers=headers)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def address(book, serve):
    return serve(book)


@pytest.fixture(scope="session")
def desk(book, serve):
    """desk(view) is the address of a page of the book with that widget and nothing else in its article."""
    base = serve(book, made=one_widget.pages(book))
    return lambda view: base + one_widget.PATHS[view]


@pytest.fixture(scope="session")
def python_folder(tmp_path_factory):
    """A folder with Python for its pages: the built book where it brings Python, else one that is made here."""
    built = Path(os.environ.get("BOOK_HTML", "nowhere"))
    if (built / book_python.FOLDER / "card.json").exists():
        return built
    if not weekly.EVERY and not book_python.wanted():
        pytest.skip("Python in the page is tried in a book with Python, or with BOOK_PYTHON=1 or TEST_EVERY=1")
    return page_python.build(tmp_path_factory.mktemp("python"))


@pytest.fixture(scope="session")
def live_book(book):
    """The folder of the built pages, whose cells run."""
    if not (book / book_python.FOLDER / "card.json").exists():
        pytest.skip("this book was built without Python in its pages")
    return book


@pytest.fixture(scope="session")
def card(python_folder):
    return json.loads((python_folder / book_python.FOLDER / "card.json").read_text("utf8"))


@pytest.fixture(scope="session")
def python_page(serve, python_folder):
    """The address of a bare page with a kernel."""
    return serve(python_folder, made=page_python.bare) + page_python.ADDRESS


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    """Firefox, then WebKit: one browser for all tests of a file."""
    kind = ENGINES[request.param]
    if brought_by := kind.missing():
        pytest.skip(f"not run here: {request.param} ({brought_by})")  # run.py says it again, and fails where CI is set
    browser = kind(tmp_path_factory.mktemp(request.param))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def windows(chromium):
    return Windows(chromium)


@pytest.fixture
def visit(windows):
    """visit(url, width=…, dark=…, …) opens a page that may reach only its own site, and must log no error.

    `alone` asks for a window that nothing was opened in and nothing will be: where files count that are kept. `before` is called with such a window's
    page before it goes anywhere: for a script that comes first, or a request that fails.
    """
    with visiting(windows) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def visit_for_long(windows):
    """The same for all tests of a file."""
    with visiting(windows) as open_page:
        yield open_page


@contextlib.contextmanager
def visiting(windows):
    taken, troubles = [], []

    def open_page(url, *, width=1280, height=900, dark=False, errors=True, alone=False, before=None, **options):
        own = url.split("/")[2]  # empty for file://

        # the browser finds no address but this machine's (browser.py): what asks for another is only seen here
        def watch(request):
            target = request.url
            inside = target.startswith(("blob:", "data:")) or (target.split("/")[2] == own and target.split(":")[0] == url.split(":")[0])
            if not inside:
                troubles.append(f"request that leaves the site: {target}")

        alone = alone or before is not None
        looks = {"width": width, "height": height, "dark": dark}
        page = window(windows.browser, options, **looks) if alone else windows.take(options, **looks)
        heard = [(page.context, "request", watch)]
        if errors:
            heard.append((page, "console", lambda message: troubles.append(message.text) if message.type == "error" else None))
            heard.append((page, "pageerror", lambda error: troubles.append(str(error))))
        for who, what, hear in heard:
            who.on(what, hear)
        taken.append((page, options, alone, heard))
        if before:
            before(page)
        page.goto(url)
        return page

    yield open_page
    for page, options, alone, heard in taken:
        if alone or troubles:
            page.context.close()
            continue
        windows.give_back(page, options)
        for who, what, hear in heard:
            who.remove_listener(what, hear)
    assert not troubles, troubles
