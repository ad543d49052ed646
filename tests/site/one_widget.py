"""Pages of the built book whose article holds one of its widgets and nothing else, theme and policy and all: they open in half the time."""

import functools
import json

import book_assets
from bs4 import BeautifulSoup
from widget_page import KINDS, PLACES

VIEW = "application/vnd.jupyter.widget-view+json"
PATHS = {view: f"/{place}.{view}.html" for view, place in PLACES.items()}  # beside the page that it is taken from


def pages(book):
    """A function from paths to pages, each made when it is first asked for; of other paths it gives None."""
    views = {path: view for view, path in PATHS.items()}
    return functools.cache(lambda path: made(book, views[path]) if path in views else None)


def made(book, view):
    kinds = kinds_of(book, PLACES[view])
    page = BeautifulSoup((book / f"{PLACES[view]}.html").read_text("utf8"), "html.parser")
    script = next(
        script for script in page.find_all("script", type=VIEW) if kinds.get(json.loads(script.string)["model_id"]) == KINDS[view].__name__
    )
    place = script.find_parent(class_="td-live")
    while "bd-article" not in place.get("class", ()):
        for sibling in [*place.previous_siblings, *place.next_siblings]:
            sibling.extract()
        place = place.parent
    for link in page.select(".page-toc a"):  # to headings that are gone
        link.parent.extract()
    return str(page).encode()


def kinds_of(book, name):
    """{model: the name of its class} by the state that a page loads."""
    _, state = book_assets.read_state(book / book_assets.STATES / f"{name.replace('/', '-')}.js")
    models = state["state"]
    return {model: held["state"].get("_anywidget_id", "").rpartition(".")[2] for model, held in models.items()}
