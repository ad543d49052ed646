"""What an edit has the builder do again: only what a notebook can print runs it again, and a script or a style never does."""

import copy
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "site"))
import book_notebooks  # noqa: E402
import book_site  # noqa: E402
import book_widgets  # noqa: E402

WIDGETS = "src/tokendynamics/widgets"
STATE = book_widgets.STATE
AGAIN = {
    "src/tokendynamics/attention.py": book_site.NOTEBOOKS,
    "src/tokendynamics/data/claims.json": book_site.NOTEBOOKS,
    f"{WIDGETS}/force_lab/presets.json": book_site.NOTEBOOKS,
    "requirements.txt": book_site.NOTEBOOKS,
    "site/book_assets.py": book_site.READ,
    "site/static/host.js": book_site.WRITTEN,
    "site/static/plots.js": book_site.WRITTEN,
    "site/static/style.css": book_site.COPIED,
    f"{WIDGETS}/static/plotly.js": book_site.COPIED,
    f"{WIDGETS}/static/save.js": book_site.COPIED,
    f"{WIDGETS}/static/force-lab.js": "force-lab",
    f"{WIDGETS}/static/force-lab.css": "force-lab",
    f"{WIDGETS}/force_lab/view.js": None,  # nothing before it is bundled
    f"{WIDGETS}/force_lab/view.css": None,
}


@pytest.mark.parametrize("edited", AGAIN)
def test_an_edit_changes_the_one_part_that_is_made_of_it(tmp_path, edited):
    for name in AGAIN:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before", "utf8")
    before = book_site.made_of(tmp_path)
    (tmp_path / edited).write_text("after", "utf8")
    after = book_site.made_of(tmp_path)
    assert {name for name in after if after[name] != before[name]} == {AGAIN[edited]} - {None}


def states(*identities):
    models = {name: {"state": {"_anywidget_id": name, "_esm": "old script", "_css": "old style"}} for name in identities}
    return {"type": book_widgets.STATE, "body": json.dumps({"state": models})}


def test_a_page_gets_the_bundle_of_today_and_a_foreign_widget_keeps_its_own():
    ours, foreign = "tokendynamics.widgets.force_lab.ForceLab", "elsewhere.Widget"
    script = SimpleNamespace(attributes=states(ours, foreign))
    book_widgets.share_scripts(None, "page", "page.html", {"script_files": [script]}, None)
    texts = json.loads(script.attributes["body"])["texts"]
    assert texts[f"_esm:{ours}"] == (ROOT / WIDGETS / "static/force-lab.js").read_text("utf8")
    assert texts[f"_css:{ours}"] == (ROOT / WIDGETS / "static/force-lab.css").read_text("utf8")
    assert texts[f"_esm:{foreign}"] == "old script"


def test_pages_that_show_a_widget_whose_bundle_changed_are_written_again(tmp_path):
    shows = {"one": "tokendynamics.widgets.force_lab.ForceLab", "two": "tokendynamics.widgets.sweeps.Sweeps"}
    metadata = {page: {"js_files": {"state": (None, states(name))}} for page, name in shows.items()}
    env = SimpleNamespace(all_docs=["index", *shows], nb_metadata=metadata)
    made = dict.fromkeys({*AGAIN.values(), "sweeps"} - {None}, "same")
    app = SimpleNamespace(doctreedir=tmp_path, config=SimpleNamespace(root_doc="index"), book_made_of=made)
    book_site.kept_file(tmp_path).write_text(json.dumps(made | {"sweeps": "other"}), "utf8")
    assert book_site.read_again(app, env, (), (), ()) == [] and book_site.write_again(app, env) == ["two"]
    book_site.kept_file(tmp_path).write_text(json.dumps(made | {book_site.COPIED: "other"}), "utf8")
    assert book_site.write_again(app, env) == ["index"]


def test_a_widget_comes_from_the_cache_with_its_names_in_their_order(tmp_path):
    """Chapter 6 begins with *light*, the first word of its data, also where its notebook was run by a build before."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("lab")])
    run = copy.deepcopy(notebook)
    run.metadata["widgets"] = {STATE: {"state": {"a model": {"words": {"light": 0, "apple": 1}}}}}
    book_notebooks.keep_order()
    cache = get_cache(tmp_path)
    cache.cache_notebook_bundle(CacheBundleIn(run, "chapter.ipynb"), check_validity=False)
    _, found = cache.merge_match_into_notebook(notebook)
    assert list(found.metadata.widgets[STATE]["state"]["a model"]["words"]) == ["light", "apple"]
