"""Hypothesis draws the same examples for everybody; HYPOTHESIS_PROFILE=explore looks for new ones. Where there is no Chromium, the rest runs."""

import importlib.util
import os

import book_notebooks
import pytest
from browser import chromium  # noqa: F401 (a fixture)
from hypothesis import HealthCheck, Phase, settings

settings.register_profile("book", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=5)  # make check
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
# to know that a test fails, no smallest example is needed
settings.register_profile("mutants", settings.get_profile("book"), phases=(Phase.explicit, Phase.generate))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "book"))

book_notebooks.speak_privately()  # the kernels of nbval
if not importlib.util.find_spec("playwright"):  # it has nothing for some systems, and these files cannot be read without it
    collect_ignore = ["jupyter", "site"]


def pytest_collection_modifyitems(config, items):
    # files in a browser are few and long, then come those that wait for other programs: they begin, so that none is left alone at the end
    items.sort(key=lambda item: (in_browser(item), waits(item)), reverse=True)
    for item in items:
        if "NO_CHROMIUM" in os.environ and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason="it needs Chromium, which is not here"))
        if hasattr(config, "workerinput") and in_browser(
            item
        ):  # beside others half a second of play may show two frames: tried once more, and said
            item.add_marker(pytest.mark.flaky(reruns=1))


def waits(item):
    return item.path.suffix == ".ipynb" or item.path.parent.name in ("workshop", "upkeep")


def in_browser(item):
    return item.path.parent.name in ("jupyter", "site")
