"""The moving picture: its places are the shipped states, its motion ends where its trails end, its words have the data's numbers."""

import gzip
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tokendynamics.figures import moving
from tokendynamics.real import senses
from tokendynamics.widgets import RealTrajectories

NUMBER = r"(-?[\d.]+)"
CASES = [("light", [0, 5]), ("bank", [26, 27]), ("apple", [6, 10])]


@pytest.fixture(params=CASES, ids=lambda case: case[0])
def drawn(request):
    """(the shipped data, the word, the two sentences' numbers in it, the picture)"""
    word, shown = request.param
    data = senses.shipped()
    return data, word, shown, moving.two_sentences(senses.only(data, word, shown), word)


def named(svg, name):
    return [each for each in ElementTree.fromstring(svg).iter() if name in each.get("class", "").split()]


def lines(svg):
    """The trails as they are drawn, (sentences, L + 1, 2)."""
    return np.array([[pair.split(",") for pair in each.get("d")[1:].split("L")] for each in named(svg, "t")], dtype=float)


def test_the_trails_are_the_states_moved_and_scaled_as_one_and_nothing_is_bent(drawn):
    data, word, shown, picture = drawn
    sentences = [data["sentences"][i] for i in shown]
    states = np.array([[layer[each["target"]][:2] for layer in each["own"]] for each in sentences])
    places = lines(picture.svg) * [1, -1]
    assert places.shape == (2, 7, 2)
    apart = lambda points: np.linalg.norm(points.reshape(-1, 1, 2) - points.reshape(1, -1, 2), axis=-1)
    scale = apart(places).max() / apart(states).max()
    np.testing.assert_allclose(apart(places), scale * apart(states), atol=0.2)
    turned = (places - places[0, 0]) / scale - (states - states[0, 0])
    np.testing.assert_allclose(turned, 0, atol=0.02)


def test_the_marks_pass_through_every_state_at_even_times_and_rest_at_the_last(drawn):
    svg = drawn[-1].svg
    for i, line in enumerate(lines(svg)):
        frames = re.search(rf"@keyframes tdm-m{i}\{{((?:[\d.]+%\{{[^}}]*\}})*)\}}", svg)[1]
        found = np.array(re.findall(rf"{NUMBER}%\{{transform:translate\({NUMBER}px,{NUMBER}px\)\}}", frames), dtype=float)
        np.testing.assert_allclose(found[:, 0], np.linspace(0, 100, len(line)), atol=0.01)
        np.testing.assert_allclose(found[:, 1:], line)
        (mark,) = named(svg, f"m{i}")
        np.testing.assert_allclose(np.array(re.findall(NUMBER, mark.get("transform")), dtype=float), line[-1])
        shown = np.array(re.findall(rf"dashoffset:{NUMBER}", re.search(rf"@keyframes tdm-r{i}\{{(.*?)\}}\}}", svg)[1]), dtype=float)
        lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
        np.testing.assert_allclose(1 - shown, [0, *np.cumsum(lengths) / lengths.sum()], atol=2e-3)


def test_it_plays_once_within_five_seconds_and_not_where_motion_is_unwanted_or_on_paper(drawn):
    svg = drawn[-1].svg
    assert moving.SECONDS + moving.PAUSE < 5 and "infinite" not in svg and "<script" not in svg and "<animate" not in svg
    assert len(re.findall(r"\{animation:tdm-[mr]\d 3\.6s ease-in-out 0\.6s both\}", svg)) == 4
    for when in ("(prefers-reduced-motion:reduce)", " print"):
        assert f"@media{when}{{.tdm *{{animation:none!important}}}}" in svg


def test_it_says_word_sentences_and_numbers(drawn):
    data, word, shown, picture = drawn
    share = sum(data["words"][word]["own"]["each"][:2])
    assert f"{share:.0%}".replace("%", " %") in picture.caption and word in picture.caption
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img" and root.get("aria-label") == picture.alt
    written = [" ".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text") if "q" not in text.get("class", "")]
    for number, text in zip(shown, written, strict=True):
        sentence = data["sentences"][number]["sentence"]
        assert re.sub(r"\s+", "", text) == sentence.replace(" ", "") and f"“{sentence}”" in picture.alt
    assert [each.text.lower() for each in named(picture.svg, "w")] == [word, word]
    states = [np.array(data["sentences"][i]["own"])[:, data["sentences"][i]["target"], :2] for i in shown]
    apart = [np.hypot(*step) for step in states[0] - states[1]]
    for layer in (0, int(np.argmax(apart)), 6):
        assert f"{apart[layer]:.1f}" in picture.alt
    assert f"at layer {np.argmax(apart)}, where" in picture.alt


def test_the_two_differ_in_more_than_colour(drawn):
    svg = drawn[-1].svg
    marks = [
        "".join(re.findall(r"<(circle|path)", ElementTree.tostring(named(svg, f"m{i}")[0], "unicode").replace("ns0:", ""))) for i in (0, 1)
    ]
    assert marks == ["circle", "path"] and "--d:none" in svg and "--d:6 4" in svg and "--f:var(--a)" in svg and "--f:var(--p)" in svg


def test_it_is_small(drawn):
    assert len(gzip.compress(drawn[-1].svg.encode())) < 2500  # a page may carry 6 kB


def test_until_it_is_asked_for_a_widget_has_the_picture_for_its_html():
    two = senses.only(senses.shipped(), "light", [0, 5])
    picture, widget = moving.two_sentences(two, "light"), RealTrajectories(data=two, layer=6)
    data, _ = moving.Until(picture, widget)._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert picture.svg in data["text/html"] and picture.caption in data["text/html"] and data["text/plain"] == picture.alt


def test_letters_of_html_in_words_stay_letters():
    two = senses.only(senses.shipped(), "light", [0, 5])
    for sentence in two["sentences"]:
        sentence["sentence"] = "<b>&light</b> \"x\" 'y'"
    picture = moving.two_sentences(two, "light")
    assert "<b>" not in picture.svg and ElementTree.fromstring(picture.svg).get("aria-label") == picture.alt


@pytest.mark.parametrize("word, shown", [("light", [0]), ("light", [0, 1, 2]), ("bank", [0, 1]), (3, [0, 1])])
def test_other_than_two_sentences_of_the_word_are_refused(word, shown):
    data = senses.only(senses.shipped(), "light", shown)
    with pytest.raises(ValueError, match="word must"):
        moving.two_sentences(data, word)
