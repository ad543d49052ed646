"""The Sphinx extension that makes the book's pages: alive with no server, and leading nowhere by mistake.

One setting, the address of the public repository (`BOOK_REPOSITORY` in the environment, or `book_repository`
in _config.yml), gives notebook pages their Binder and Colab buttons. Without it there are none.
"""

import hashlib
import json
import os
import re
import shutil
import time
from pathlib import Path

import book_api
import book_assets
import book_cells
import book_claims
import book_embed
import book_exercises
import book_guesses
import book_hand_in
import book_maths
import book_metadata
import book_notebooks
import book_offline
import book_plots
import book_python
import book_real_model
import book_safety
import book_solutions
import book_teaching
import book_tours
import book_widgets
from docutils import nodes
from sphinx.errors import ConfigError

from tokendynamics.widgets._live import LATE

HERE = Path(__file__).parent
ROOT = HERE.parent
WRITING = "BOOK_WRITING" in os.environ  # make watch: pages load themselves again when they were built again
PAGES_BRANCH = "gh-pages"  # where the deploy workflow puts the built site, and with it the notebooks for Colab


def inline(name):
    """A script of this folder as it stands in pages: without its comments."""
    return re.sub(r"^ *//.*\n", "", (HERE / name).read_text("utf8"), flags=re.MULTILINE)


# Where scripts run, a widget's place is kept free for it instead of showing its still; and the theme that the reader's
# system asks for is there from the first paint, not after a flash.
BEFORE_PAINT = inline("before_paint.js")
INSTALL = """\
# Colab, or this notebook on its own: fetch the book's package. Elsewhere it is already there.
import importlib.util

if importlib.util.find_spec("tokendynamics") is None:
    %pip install -q "tokendynamics @ git+{address}"
"""


def setup(app):
    app.add_config_value("book_repository", "", "html")
    app.connect("config-inited", configure, priority=100)
    app.connect("env-get-outdated", read_again)
    app.connect("env-updated", write_again)
    app.connect("html-page-context", finish_page, priority=950)
    app.connect("build-finished", finish_build, priority=900)  # after the theme, which writes the colours of code last
    app.add_css_file("maths/katex.css")
    app.add_css_file("style.css")
    app.add_js_file(None, body=BEFORE_PAINT, priority=1)
    app.add_js_file("host.js", loading_method="defer")
    if WRITING:
        app.add_js_file("reload.js", loading_method="defer")
    book_api.setup(app)
    book_cells.setup(app)
    book_claims.setup(app)
    book_embed.setup(app)
    book_exercises.setup(app)
    book_guesses.setup(app)
    book_maths.setup(app)
    book_notebooks.setup(app)
    book_plots.setup(app)
    book_solutions.setup(app)
    book_teaching.setup(app)
    book_tours.setup(app)
    book_widgets.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app, config):
    address = os.environ.get("BOOK_REPOSITORY", config.book_repository or "").rstrip("/").removesuffix(".git")
    if address and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise ConfigError(f"BOOK_REPOSITORY must look like https://github.com/OWNER/NAME; got {address!r}")
    config.book_repository = address
    book_python.wanted()  # a word that it does not know is said at once
    config.html_baseurl = book_metadata.published(address)
    late = [str(ROOT / "src/tokendynamics/widgets/static" / name) for name in LATE]
    config.html_static_path += [str(HERE / "static"), str(HERE / "images"), *late, *[str(HERE / "reload.js")] * WRITING]
    config.nb_execution_cache_path = str(ROOT / "_build" / ".jupyter_cache")
    options = config.html_theme_options
    options["navbar_persistent"] = []  # search has its field in the sidebar
    if address:
        options |= {"repository_url": address, "repository_branch": "main", "path_to_docs": ""}
        options["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        }
    else:
        options["launch_buttons"] = {}
        options.pop("repository_url", None)
    config.html_context["default_mode"] = "auto"  # the theme logs an error where nothing is said
    # The cache of executed notebooks knows their cells, not the package that the cells call.
    app.book_made_of = made_of()
    if kept(ROOT / "_build").get(NOTEBOOKS) != app.book_made_of[NOTEBOOKS]:
        shutil.rmtree(config.nb_execution_cache_path, ignore_errors=True)


NOTEBOOKS, READ, WRITTEN, COPIED, CELLS = "notebooks", "read", "written", "copied", "cells"
VERSIONED = (
    "host.js",
    "fields.js",
    "exercise-judge.js",
    "guesses-page.js",
    "qr.js",
    "plots.js",
)  # pages name these with a version, so they are written again with them
SHOWN = (".js", ".css", ".ts", ".md")  # no cell prints what stands in these: a page gets its widgets' bundles when it is written


def made_of(root=ROOT):
    """A hash of what notebooks, pages read, pages written and copied files are made of; and of each widget's bundle, by its name."""
    site, bundles = root / "site", root / "src/tokendynamics/widgets/static"
    parts = {
        NOTEBOOKS: [path for path in (root / "src").rglob("*") if path.suffix not in (*SHOWN, ".pyc") and ".egg-info" not in str(path)],
        READ: [*site.glob("*.py"), *site.glob("maths/*")],
        WRITTEN: [*(site / "static" / name for name in VERSIONED), site / "before_paint.js", site / "storage.js"],
        COPIED: [
            path
            for path in [*site.glob("static/**/*"), *site.glob("images/*"), *(bundles / name for name in LATE)]
            if path.name not in VERSIONED
        ],
    }
    parts[NOTEBOOKS].append(root / "requirements.txt")
    if book_cells.on():
        parts[CELLS] = list(site.glob("cells/static/*"))
    for path in bundles.glob("*.*"):
        if path.name not in LATE:
            parts.setdefault(path.stem, []).append(path)
    return {name: hashed(root, paths) for name, paths in parts.items()}


def hashed(root, paths):
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()


def kept_file(folder):
    return Path(folder) / ".made-of.json"


def kept(folder):
    """What a build before this one was made of; empty where there was none."""
    file = kept_file(folder)
    return json.loads(file.read_text("utf8")) if file.exists() else {}


def changed(app):
    known = kept(app.doctreedir)
    made_of = app.book_made_of
    return {name for name in {*known, *made_of} if known.get(name) != made_of.get(name)}


def read_again(app, env, added, touched, removed):
    return list(env.all_docs) if changed(app) & {NOTEBOOKS, READ} else []


def write_again(app, env):
    """Pages to write again that need not be read again: those that show a widget whose bundle changed."""
    names = changed(app)
    if names & {WRITTEN, CELLS}:
        return list(env.all_docs)
    first = [app.config.root_doc] if COPIED in names else []  # Sphinx copies no file when it writes no page
    return [*first, *(page for page in env.all_docs if book_widgets.shown(env, page) & names)]


def finish_page(app, pagename, templatename, context, doctree):
    if doctree is not None:
        own = (i["uri"].removeprefix("../") for i in doctree.findall(nodes.image))
        image = next(own, "_static/force-lab.png")  # a page without a picture borrows the book's
        words = book_metadata.description(doctree)
        context["metatags"] += book_metadata.tags(context["title"], words, app.config.html_baseurl, pagename, image)
        context["body"] = book_claims.with_places(book_api.with_sources(context["body"], app.config.book_repository))
        context["body"] += book_metadata.how_to_cite(pagename, context["title"], app.config.html_baseurl)
    owner = app.config.book_repository.removeprefix("https://github.com/")
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if "colab" in str(button.get("url", "")):
                # Colab opens one notebook, not a repository: give it the copy that fetches the package
                button["url"] = f"https://colab.research.google.com/github/{owner}/blob/{PAGES_BRANCH}/_sources/{pagename}.ipynb"


def finish_build(app, exception):
    if app.warningiserror and app._warncount:
        # what is built next would say nothing of pages that it need not read again, and so pass
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)
    if exception or app.builder.format != "html":
        return
    if app.config.book_repository:
        for path in sorted((Path(app.outdir) / "_sources").rglob("*.ipynb")):
            add_install_cell(path, app.config.book_repository)
    book_hand_in.write(app.outdir)
    if not book_cells.on():
        book_cells.forget(app.outdir)
    mend_pages(Path(app.outdir))
    book_guesses.write(app.outdir)
    book_real_model.write(app.outdir)
    book_python.write(app.outdir)
    book_embed.write(app)
    (Path(app.outdir) / ".nojekyll").touch()  # GitHub Pages would leave out folders such as _static
    book_cells.say_size(app.outdir)
    if app.config.html_baseurl:
        book_metadata.write_map(app.outdir, app.config.html_baseurl)
    if WRITING:
        (Path(app.outdir) / "_static" / "built.txt").write_text(str(time.time()), "utf8")
    else:
        book_offline.pack(app.outdir)
    for folder in (app.doctreedir, ROOT / "_build"):
        Path(folder).mkdir(exist_ok=True)
        kept_file(folder).write_text(json.dumps(app.book_made_of), "utf8")


MENDS = [
    (r'<meta name="viewport" content="width=device-width, initial-scale=1" ?/>', ""),  # said three times
    # the theme's icons come twice, as a font and as a script of 1.5 MB that draws them again
    (r"\s*<script[^>]*/fontawesome\.js[^>]*></script>", ""),
    # names for screen readers that do not hold the words on the control: the words are the better name
    (r'(<button class="btn search-button-field[^>]*?) aria-label="Search"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (r'<summary>(?=<span class="toctree-toggle")', '<summary aria-label="Pages below this one">'),
    # roles that browsers have dropped, and a list whose items are none
    (r' role="doc-biblioentry"', ""),
    (r'<div role="list" class="citation-list">', '<div class="citation-list">'),
    # all that is read stands in a landmark
    (
        r'<div class="sidebar-primary-item">(\s*<a class="navbar-brand[^>]*>[\s\S]*?</a>)</div>',
        r'<nav class="sidebar-primary-item" aria-label="Home">\1</nav>',
    ),
    # the theme's first script reads what the browser keeps, and not every browser does
    (r'<script data-cfasync="false">', lambda _: f"<script>{inline('storage.js')}"),
    # a phone's menu and contents: links to the sidebars, which lead there where no script opens them
    *(
        (
            rf'<button class="(sidebar-toggle {name}-toggle [^"]*)"([^>]*)>(\s*<span[^>]*></span>\s*)</button>',
            rf'<a href="#pst-{name}-sidebar" class="\1"\2>\3</a>',
        )
        for name in ("primary", "secondary")
    ),
    # programs in attributes, which the page's policy stops; host.js does their work
    (r'onclick="toggleFullScreen\(\)"', 'data-do="fullscreen"'),
    (r'onclick="window\.print\(\)"', 'data-do="print"'),
]


def mend_pages(folder):
    """What the theme writes and a page is better without."""
    for path in folder.rglob("*.html"):
        page = path.read_text("utf8")
        mended = page
        for pattern, instead in MENDS:
            mended = re.sub(pattern, instead, mended)
        if mended != page:
            path.write_text(mended, "utf8")
    (folder / "_static" / "scripts" / "fontawesome.js").unlink(missing_ok=True)
    book_assets.lean(folder)
    for path in folder.rglob("*.html"):
        page = path.read_text("utf8")
        guarded = book_safety.with_policy(page)
        if guarded != page:
            path.write_text(guarded, "utf8")
    for path in folder.rglob("_static/**/*.map"):  # for whoever mends the theme: 3.5 MB that no reader loads
        path.unlink()


def add_install_cell(path, address):
    """Put the cell that installs the package first in the copy that readers download; doing it twice changes nothing."""
    notebook = json.loads(path.read_text("utf8"))
    if notebook["cells"] and notebook["cells"][0].get("id") == "install":
        return
    cell = {
        "cell_type": "code",
        "id": "install",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": INSTALL.format(address=address).splitlines(keepends=True),
    }
    notebook["cells"].insert(0, cell)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf8")
