"""Encyclopedia in Python: its matrices, bad input in words, links, its still."""

import re
from io import BytesIO

import numpy as np
import pytest
import traitlets
from PIL import Image

import tokendynamics as td
from tokendynamics import seeded
from tokendynamics.figures import style
from tokendynamics.widgets import Encyclopedia
from tokendynamics.widgets.encyclopedia import PRESETS
from tokendynamics.widgets.encyclopedia.still import alt, still


def test_the_matrices_have_the_directions_and_values_they_are_made_of():
    book = Encyclopedia(sigma=[2.0, 0.3], q_angle=40, k_angle=-70)
    index = book.Q.T @ book.K
    for sigma, u, v in zip((2.0, 0.3), _turn(40).T, _turn(-70).T):
        np.testing.assert_allclose(index @ v, sigma * u, atol=1e-14)
    np.testing.assert_allclose(book.M @ index, book.V, atol=1e-14)  # equation (13)
    book.rank = 1
    np.testing.assert_allclose(book.M @ index, np.outer(book.V @ _turn(-70)[:, 0], _turn(-70)[:, 0]), atol=1e-14)


def _turn(degrees):
    a = np.radians(degrees)
    return np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])


@pytest.mark.parametrize("name", PRESETS)
def test_presets_say_what_they_are(name):
    book = Encyclopedia.preset(name, noise=0.3)
    assert book.noise == 0.3
    loudest = td.entries(book.Q, book.K, book.V, ridge=book.ridge).loudness.max()
    miss = td.knowledge_residual(book.Q, book.K, book.V, ridge=book.ridge, rank=book.rank)
    assert {"plain": loudest < 2 and miss < 1e-9, "loud": loudest == pytest.approx(5) and miss < 1e-9,
            "ridge": loudest < 2.5 and miss > 0.1, "lost": np.isinf(np.linalg.cond(book.Q.T @ book.K)) or miss > 0.5}[name]  # fmt: skip


def test_words_follow_the_tokens():
    book = Encyclopedia()
    book.tokens = book.tokens[:2]
    assert (book.names, book.answers) == (["Peru", "Norway"], ["Lima", "Oslo"])
    book.tokens = np.zeros((4, 2))
    assert (book.names, book.answers) == (["Peru", "Norway", "t3", "t4"], ["Lima", "Oslo", "V t3", "V t4"])
    assert Encyclopedia(tokens=[[1, 2]]).names == ["t1"]


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("tokens", np.zeros((0, 2)), "tokens must be 1 to 12 rows; got 0"),
        ("tokens", np.zeros((13, 2)), "tokens must be 1 to 12 rows; got 13"),
        ("tokens", [1, 2], r"tokens must have shape \(n, 2\)"),
        ("names", ["a"], "names must be one for each of the 6 tokens; got 1"),
        ("answers", ["a"] * 7, "answers must be one for each of the 6 tokens; got 7"),
        ("question", [1, 2, 3], r"question must have shape \(2,\)"),
        ("question", [1, np.inf], "question must be finite"),
        ("sigma", [1, -1], r"sigma must be two numbers of at least 0; got \[1.0, -1.0\]"),
        ("V", [[1, 2]], r"V must have shape \(2, 2\)"),
        ("q_angle", np.nan, "q_angle must be a finite number; got nan"),
        ("rank", 3, "rank must be a whole number from 1 to 2; got 3"),
        ("rank", 1.5, "rank"),
        ("ridge", -0.1, "ridge must be a finite number of at least 0"),
        ("noise", np.inf, "noise must be a finite number of at least 0"),
        ("count", 41, "count must be a whole number from 2 to 40; got 41"),
        ("dimension", 1, "dimension must be"),
        ("seed", -1, "seed must be"),
        ("scale", -1.0, "scale must be"),
        ("section", "cover", "section must be one of 'index', 'capacity'; got 'cover'"),
    ],
)
def test_bad_input_is_told_and_the_state_is_kept(name, value, words):
    book = Encyclopedia()
    before = book.state()
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        setattr(book, name, value)
    assert book.state() == before


def test_unknown_preset():
    with pytest.raises(ValueError, match="name must be one of 'plain', 'loud'"):
        Encyclopedia.preset("nonsense")


@pytest.mark.parametrize(
    "link", ["", "#encyclopedia=v1.!!", "#encyclopedia=v1.AAAA", "#encyclopedia=v2.e30", "#force-lab=v1.e30", "#encyclopedia=v1.W10"]
)
def test_broken_links_are_told(link):
    with pytest.raises(ValueError, match="link"):
        Encyclopedia.from_link(link)


STATES = {name: {k: v for k, v in preset.items() if k not in ("title", "note")} for name, preset in PRESETS.items()} | {
    "a question of its own": {"question": [0.3, -0.8], "ridge": 0.2},
    "rank 1, the second bar larger": {"sigma": [0.5, 1.2], "rank": 1},
    "nothing": {"sigma": [0.0, 0.0]},
    "very loud": {"sigma": [1.5, 1e-9]},
    "twelve": {"tokens": np.random.default_rng(0).normal(size=(12, 2)).tolist()},
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("state", [*STATES.values(), {"section": "capacity", "count": 40}], ids=[*STATES, "capacity"])
def test_the_still_is_a_small_picture(state):
    picture = style.png(still(Encyclopedia(**state)))
    assert len(picture) <= 60_000
    image = Image.open(BytesIO(picture))
    assert image.width == 720 and len(image.convert("RGB").getcolors(1 << 20)) > 20


@pytest.mark.parametrize("name", STATES)
def test_words_carry_the_numbers_of_the_package(name):
    book = Encyclopedia(**STATES[name])
    text = alt(book)
    Q, K, V, options = book.Q, book.K, book.V, {"ridge": book.ridge, "rank": book.rank}
    index, content = Q.T @ K @ book.question, V @ book.question
    answer = td.knowledge(Q, K, V, **options) @ index
    said = re.search(r"The question .* at \((.+?), (.+?)\), .* at \((.+?), (.+?)\); M answers \((.+?), (.+?)\), a gap of (.+?)\. ", text)
    expected = [*index, *content, *answer, np.linalg.norm(content - answer)]
    np.testing.assert_allclose([float(x) for x in said.groups()], expected, atol=0.0051)
    assert f"misses {100 * td.knowledge_residual(Q, K, V, **options):.0f} % of V" in text
    assert all(word in text for word in [*book.names, *book.answers])
    loud = [float(x) for x in re.search(r"M multiplies by (\S+) and (\S+)\. ", text).groups()]
    kept = [s > 0 and (book.rank == 2 or s == max(book.sigma)) for s in book.sigma]
    expected = [s / (s**2 + book.ridge) if ok else 0 for s, ok in zip(book.sigma, kept)]
    np.testing.assert_allclose(loud, expected, rtol=1e-3)


def test_words_of_the_memories():
    text = alt(Encyclopedia(section="capacity", count=20, dimension=12, noise=0.1, scale=16, seed=1))
    counts = [right.sum() for right in seeded.found(20, 12, 1, noise=0.1, scale=16).values()]
    assert "outer products {}, the pseudo-inverse {}, softmax attention {}.".format(*counts) in text


def test_bad_states_are_refused():
    for function in (still, alt):
        with pytest.raises(ValueError, match="sigma must be"):
            function(Encyclopedia(sigma=[-1, 2]))
        with pytest.raises(ValueError, match="widget must be one with the view 'encyclopedia'"):
            function({"sigma": [-1, 2]})


def test_still_and_link_of_the_widget(monkeypatch):
    monkeypatch.setenv("TOKENDYNAMICS_STILLS", "1")
    data, _ = Encyclopedia.preset("loud")._repr_mimebundle_()
    assert len(data["image/png"]) < 90_000 and "Lima" in data["text/plain"]
