"""Sentences of a reader's own through the real model in the page: typed, followed, changed in a head, carried by a link; and what is refused."""

import json
import re

import numpy as np
import pytest
from weekly import part_of
from widget_page import WidgetPage

from tokendynamics.real import minilm, own
from tokendynamics.real.bent import Change
from tokendynamics.widgets import RealTrajectories

VIEW = "real-trajectories"
SEALS = ("The seal swam under the ice.", "The letter had a wax seal.")
WINDOWS = [(360, 640), (390, 844), (844, 390), (1366, 768)]
LOADING = 60_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def model():
    return minilm.load(packed=True)


@pytest.fixture
def widget(visit, desk):
    return WidgetPage(visit(desk(VIEW)), VIEW)


def type_in(widget, *sentences):
    """As a reader does, who ends with Enter."""
    widget.panel("yours")
    for number, sentence in enumerate(sentences, 1):
        widget.control(f"Sentence {number}").fill(sentence)
    widget.control("Sentence 1").press("Enter")


def shown(widget, sentences=SEALS):
    """Once the model has answered for these sentences."""
    widget.page.wait_for_function(
        "([view, wanted]) => JSON.stringify(document.querySelector(`[data-widget=${view}]`).widgetState().sentences) === wanted",
        arg=[VIEW, json.dumps(list(sentences), separators=(",", ":"), ensure_ascii=False)],
        timeout=LOADING,
    )
    widget.press("Pause")  # what was typed moves by itself
    widget.settle()


def measured(widget, name, wanted, **near):
    """A number comes with an answer, and an answer takes its time."""
    selector = f"{widget.selector} [data-readout={name}]"
    close = f"Math.abs(Number(document.querySelector(`{selector}`).dataset.value) - {wanted}) < 2e-3"
    widget.page.wait_for_function(f"() => {close}", timeout=LOADING)


def test_two_sentences_are_followed_and_their_numbers_are_pythons(widget, model):
    type_in(widget, *SEALS)
    shown(widget)
    wanted = own.own(model, SEALS)
    state = widget.state()
    assert (state["word"], state["shown"], state["compared"]) == ("seal", [0, 1], [0, 1])
    for layer in (0, 3, 6):
        widget.at(layer)
        assert widget.read("cosine-across") == pytest.approx(wanted["data"]["words"]["seal"]["cosines"]["word"][layer][0], abs=1e-5)
    places = widget.root.locator(".td-tokens g").evaluate_all(
        "groups => groups.map(g => [...g.dataset.token.split('-').map(Number), g.transform.baseVal[0].matrix.e, -g.transform.baseVal[0].matrix.f])"
    )
    real = np.array([np.array(wanted["data"]["sentences"][i]["own"])[6, t, :2] for i, t, *_ in places])
    seen = np.array([place[2:] for place in places])
    real, seen = real - real.mean(axis=0), seen - seen.mean(axis=0)
    scale = (seen * real).sum() / (real**2).sum()
    np.testing.assert_allclose(seen, scale * real, atol=0.2)
    widget.panel("yours")
    near = wanted["data"]["sentences"][0]["near"][6]
    widget.page.wait_for_selector(f"{widget.selector} .td-near p", timeout=LOADING)
    assert ", ".join(f"{name} {cosine:.2f}" for name, cosine in near[:3]) in widget.root.locator(".td-near").inner_text()


def test_what_is_typed_moves_by_itself_through_the_six_layers(widget):
    widget.at(4)
    type_in(widget, *SEALS)
    read = f"() => document.querySelector(`{widget.selector}`).widgetState().layer"
    widget.page.wait_for_function(f"() => 0 < ({read})() && ({read})() < 1", timeout=LOADING)
    widget.page.wait_for_function(f"() => ({read})() === 6", timeout=LOADING)
    assert widget.root.get_by_role("button", name="Play").is_visible()


def test_of_one_sentence_all_tokens_move(widget):
    type_in(widget, SEALS[0], "")
    shown(widget, SEALS[:1])
    assert (widget.state()["tokens"], widget.state()["basis"]) == ("all", "common")
    assert widget.root.locator(".td-tokens g").count() == 9  # with the marks at both ends
    type_in(widget, *SEALS)
    shown(widget)
    assert (widget.state()["tokens"], widget.state()["basis"]) == ("word", "own")


def test_a_head_is_switched_off_beside_others(widget, model):
    type_in(widget, *SEALS)
    shown(widget)
    widget.panel("change")
    assert not widget.root.locator(".td-ghosts path").count()
    widget.choose("In layer", "2")
    widget.choose("head", "5")
    widget.press("Off")
    wanted = own.own(model, SEALS, change=Change(layer=2, head=5, gain=0.0))
    measured(widget, "moved-all", wanted["moved"]["all"][6])
    measured(widget, "moved-word", wanted["moved"]["word"][6])
    measured(widget, "moved-control", np.mean([far[6] for far in wanted["control"]["all"]]))
    assert widget.root.locator(".td-ghosts path").count() == 2
    assert ", ".join(map(str, wanted["control"]["heads"])) in widget.root.locator(".td-panel:visible").inner_text()
    widget.press("As learned")
    widget.page.wait_for_function(f"() => !document.querySelector(`{widget.selector} .td-ghosts path`)", timeout=LOADING)


def test_parts_of_every_layer_are_switched_off(widget, model):
    type_in(widget, *SEALS)
    shown(widget)
    for without in ("heads", "mlp", "both"):
        widget.choose("Every layer", without)
        measured(widget, "moved-all", own.own(model, SEALS, change=Change(without=without))["moved"]["all"][6])


def test_the_laws_of_ones_own_sentences(widget, model):
    type_in(widget, *SEALS)
    shown(widget)
    widget.at(3)
    found, book = own.own(model, SEALS)["laws"], own.averages()
    for law in ("cosine", "uphill", "rises", "third_law", "step", "crowd", "rank"):
        widget.choose("Question", law)
        at = 3 if law in ("crowd", "rank") else 2
        assert widget.read("law-yours") == pytest.approx(found[law]["yours"][at], abs=1e-3)
        assert widget.read("law-book") == pytest.approx(book[law]["book"][at], abs=1e-6)


def test_towards_two_words(widget, model):
    type_in(widget, *SEALS)
    shown(widget)
    widget.choose("Projection", "anchors")
    widget.control("Across: towards the word").fill("animal")
    widget.control("Up: towards the word").fill("paper")
    widget.control("Up: towards the word").press("Enter")
    widget.page.wait_for_function(f"() => document.querySelector(`{widget.selector}`).widgetState().basis === 'anchors'", timeout=LOADING)
    widget.settle()
    assert widget.state()["anchors"] == ["animal", "paper"]
    assert "cosine with “animal”" in widget.root.locator(".td-plane svg").text_content()


REFUSED = {
    "nothing typed": [("",), "Nothing is typed"],
    "only punctuation": [("?!…",), "has no word"],
    "too long": [("word " * 500,), "at most 64"],
    "no word shared": [("Dogs bark.", "It rained."), "share no word"],
    "a script that it does not know": [("ᚠᛇᚻ ᛒᛦᚦ",), "does not know"],
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_followed_is_said_and_the_picture_stays(widget, case):
    sentences, words = REFUSED[case]
    before, drawn = widget.state(), widget.picture()
    type_in(widget, *sentences)
    widget.page.wait_for_function(
        f"() => document.querySelector(`{widget.selector} .td-notice[data-kind=problem]:not([hidden])`)", timeout=LOADING
    )
    assert words in widget.notices()
    assert widget.state() == before and widget.picture() == drawn


def test_a_link_carries_the_sentences_and_waits_for_a_press(visit, desk, model):
    page = visit(desk(VIEW) + RealTrajectories(sentences=list(SEALS), word="seal", layer=6.0, bent=[2, 5], gain=0.0).link())
    widget = WidgetPage(page, VIEW)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    assert SEALS[0] in widget.notices()
    assert not any("minilm" in url for url in requests)
    widget.press("Run them")
    measured(widget, "moved-all", own.own(model, SEALS, change=Change(layer=2, head=5, gain=0.0))["moved"]["all"][6])
    assert widget.state()["sentences"] == list(SEALS)
    assert any("minilm" in url for url in requests)


def test_copy_python_makes_the_same_widget(visit, desk):
    widget = WidgetPage(visit(desk(VIEW), permissions=["clipboard-read", "clipboard-write"]), VIEW)
    type_in(widget, *SEALS)
    shown(widget)
    line = widget.copied("Copy Python")
    assert re.match(r"RealTrajectories\(", line)
    made = eval(line, {"RealTrajectories": RealTrajectories})
    assert made.state() == widget.state()
    link = widget.copied("Copy link")
    assert RealTrajectories.from_link(link).state() == widget.state()


def test_the_books_words_come_back(widget):
    type_in(widget, *SEALS)
    shown(widget)
    widget.choose("Word", "crane")
    assert widget.state()["sentences"] == [] and widget.state()["word"] == "crane"
    assert len(widget.root.locator(".td-tokens g").all()) == 6


def test_a_slider_asks_only_from_its_layer_on_and_keeps_the_hand_free(widget):
    """Sixty steps of a slider leave the last one's answer; the page answers in between."""
    type_in(widget, *SEALS)
    shown(widget)
    widget.panel("change")
    slider = widget.control("V times")
    for step in range(61):
        slider.fill(str(round(-1 + step / 20, 2)))
    widget.slide("V times", 0.5)
    widget.page.wait_for_function(
        f"() => document.querySelector(`{widget.selector} [data-readout=moved-all]`).dataset.value", timeout=LOADING
    )
    assert widget.state()["gain"] == 0.5


@pytest.mark.parametrize("width, height", part_of(WINDOWS, WINDOWS[::2]))
def test_what_is_typed_and_slid_shares_a_screen_with_the_picture(visit, desk, width, height):
    widget = WidgetPage(visit(desk(VIEW), width=width, height=height), VIEW)
    type_in(widget, *SEALS)
    shown(widget)
    for panel, labels in {
        "yours": ["Sentence 1", "Follow"],
        "change": ["β times", "V times", "Every layer"],
        "laws": ["Question"],
    }.items():
        widget.panel(panel)
        for label in labels:
            control = widget.control(label)
            control.scroll_into_view_if_needed()
            widget.settle()
            share = widget.root.locator("[data-picture]").evaluate(
                """picture => (({ top, bottom, height }) => (Math.min(bottom, innerHeight) - Math.max(top, 0)) / height)(picture.getBoundingClientRect())"""
            )
            assert share > 0.7, (panel, label)
    widget.fits(width)
