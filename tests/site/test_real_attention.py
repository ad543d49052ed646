"""Real trajectories on the built page: where heads look, two sentences side by side, and where the picture misleads."""

import numpy as np
import pytest
from widget_page import WidgetPage

from tokendynamics.real import attention_maps, distances

CHAPTER = "chapters/06_real_model.html"
VIEW = "real-trajectories"


@pytest.fixture
def widget(visit, desk):
    widget = WidgetPage(visit(desk(VIEW)), VIEW)
    widget.panel("heads")
    widget.root.locator(".td-weights td[data-share]").first.wait_for()
    return widget


def at_layer(widget, layer):
    widget.root.get_by_role("slider").first.fill(str(layer))
    widget.settle()


def shares(widget, place):
    rows = widget.root.locator(".td-weights").nth(place).locator("tbody tr")
    return rows.evaluate_all("rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => Number(cell.dataset.share)))")


def test_tables_are_the_weights_of_the_head_chosen(widget, journeys):
    packed = attention_maps.unpack(journeys["attention"], [len(s["tokens"]) for s in journeys["sentences"]])
    widget.choose("Word", "bank")
    widget.choose("Sentence", "28")
    widget.choose("Beside it", "29")
    for layer, head in ((1, 5), (6, 12), (0, 1)):
        at_layer(widget, layer)
        widget.choose("Head", str(head))
        for place, sentence in enumerate((28, 29)):
            np.testing.assert_allclose(shares(widget, place), packed[sentence][max(layer, 1) - 1, head - 1], atol=1e-9)
        assert (
            widget.root.locator(".td-weights th[scope=col]").all_inner_texts()
            == journeys["sentences"][28]["tokens"] + journeys["sentences"][29]["tokens"]
        )
    assert "at layer 0 nothing has looked yet" in widget.root.inner_text()
    widget.choose("Beside it", "none")
    assert widget.root.locator(".td-weights:visible").count() == 1 and widget.state()["compared"] == [28]


def test_two_sentences_are_compared_in_all_numbers(widget, journeys):
    entry = journeys["words"]["light"]
    at_layer(widget, 4)
    for left, right, pair in ((1, 5, 8), (5, 1, 8), (0, 1, 0), (4, 5, 14)):
        widget.choose("Sentence", str(left))
        widget.choose("Beside it", str(right))
        assert widget.read("pair-cosine") == entry["cosines"]["word"][4][pair]
        assert widget.read("pair-full") == entry["distances"][4][pair]
    widget.choose("Sentence", "5")  # beside itself there is nothing to compare
    assert not widget.root.locator("[data-readout=pair-full]").is_visible()


@pytest.mark.parametrize("word, basis", [("light", "own"), ("crane", "common")])
def test_where_the_picture_misleads_is_said_with_names(widget, journeys, word, basis):
    widget.choose("Word", word)
    widget.choose("Projection", basis)
    pairs, screen, full = distances.distances(journeys, word, basis=basis)
    agreement = distances.rank_agreement(screen, full)
    widget.panel("cosines")
    label = widget.root.locator(".td-chart svg").nth(2).get_attribute("aria-label").replace("−", "-")
    assert ", ".join(f"{v:.2f}" for v in agreement) in label
    first = journeys["words"][word]["sentences"][0] - 1  # sentences are called 1, 2, … beside the picture
    misled = 0
    widget.panel("left")
    for layer in range(7):
        at_layer(widget, layer)
        near = distances.nearest(pairs, screen[layer], full[layer])
        assert widget.read("rank-agreement") == pytest.approx(agreement[layer], rel=1e-12)
        assert widget.read("nearest-screen") == pytest.approx(near["screen"], rel=1e-12) and widget.read("nearest-full") == near["full"]
        i, j = (k - first for k in near["pair"])
        assert f"nearest on screen: {i} and {j}, at" in widget.root.inner_text()
        misled += near["place"] > 1
        assert (f"{i} and {j} look nearest, and are number {near['place']} of 15" in widget.notices()) == (near["place"] > 1)
    assert misled


def test_one_sentence_has_no_pair_to_be_misled_by(widget):
    widget.panel("words")
    for box in widget.root.locator(".td-sentences input").all()[1:]:
        box.uncheck()
    widget.panel("left")
    assert not widget.root.locator("[data-readout=nearest-screen]").is_visible()
    assert widget.root.locator("[data-readout=rank-agreement]").inner_text() == "–"
    assert "misleads" not in widget.notices()


def test_damaged_weights_are_told_and_the_rest_works(visit, address, book, journeys):
    text = journeys["attention"]["percent"]
    page = visit(f"{address}/objects.inv.html", errors=False)
    state = (book / "_static/state/chapters-06_real_model.js").read_text("utf8")
    assert text in state
    damaged = state.replace(text, f"{text[:-40]}{'A' * 40}")
    page.route(
        "**/state/chapters-06_real_model.js*", lambda route: route.fulfill(body=damaged, content_type="text/javascript; charset=utf-8")
    )
    page.goto(f"{address}/{CHAPTER}")
    widget = WidgetPage(page, VIEW)
    widget.panel("heads")
    widget.root.get_by_text("The weights cannot be shown: attention is damaged").wait_for()
    widget.panel("words")
    before = widget.picture()
    at_layer(widget, 5)
    assert widget.picture() != before
