"""Widgets in Python: arrays both ways, bad input in words, links."""

import json

import numpy as np
import pytest
import traitlets

import tokendynamics as td
from tokendynamics.widgets import ForceLab


def test_arrays_come_out_as_numpy_and_go_in_as_anything():
    lab = ForceLab()
    lab.Q = [[0, 1], [2, 3]]
    assert isinstance(lab.Q, np.ndarray) and lab.Q.dtype == np.float64
    np.testing.assert_array_equal(lab.Q, [[0, 1], [2, 3]])
    assert lab.get_state("Q") == {"Q": [[0.0, 1.0], [2.0, 3.0]]}


def test_a_message_from_the_page_becomes_an_array():
    lab = ForceLab()
    lab.set_state({"tokens": [[1, 2], [3, 4], [5, 6], [7, 8]], "names": ["a", "b", "c", "d"], "selected": 3})
    np.testing.assert_array_equal(lab.tokens, [[1, 2], [3, 4], [5, 6], [7, 8]])
    assert lab.selected == 3


def test_an_entry_cannot_be_changed_unseen():
    with pytest.raises(ValueError, match="read-only"):
        ForceLab().Q[0, 0] = 3


def test_equal_arrays_notify_nobody():
    lab, heard = ForceLab(), []
    lab.observe(heard.append, "V")
    lab.V = lab.V.copy()
    assert not heard
    lab.V = 2 * lab.V
    assert len(heard) == 1


def test_names_and_selection_follow_the_tokens():
    lab = ForceLab.preset("article", selected=5)
    lab.tokens = lab.tokens[:3]
    assert (lab.names, lab.selected) == (["t1", "t2", "t3"], 2)
    lab.tokens = np.zeros((5, 2))
    assert lab.names[:3] == ["t1", "t2", "t3"] and len(set(lab.names)) == 5


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("Q", [1, 2], r"Q must have shape \(2, 2\); got shape \(2,\)"),
        ("K", "ab", r"K must be numbers in an array of shape \(2, 2\)"),
        ("V", [[1, np.nan], [0, 1]], "V must be finite"),
        ("tokens", [[1, 2]], "tokens must be 2 to 24 rows; got 1"),
        ("tokens", np.zeros((25, 2)), "tokens must be 2 to 24 rows; got 25"),
        ("tokens", np.zeros((3, 3)), r"tokens must have shape \(n, 2\)"),
        ("selected", 3, "selected must be the index of one of the 3 tokens; got 3"),
        ("names", ["a"], "names must be one for each of the 3 tokens; got 1"),
        ("scale", -1.0, "scale must be a finite number of at least 0; got -1.0"),
        ("step", 0.0, "step must be a finite number of at least 0.001"),
        ("prediction", {"question": "?"}, "prediction must be None or a dict of question, choices, answer, explanation"),
    ],
)
def test_bad_input_is_told_and_the_state_is_kept(name, value, words):
    lab = ForceLab()
    before = lab.state()
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        setattr(lab, name, value)
    assert lab.state() == before


def test_unknown_preset():
    with pytest.raises(ValueError, match="name must be one of 'identity'"):
        ForceLab.preset("nonsense")


ASKED = {"question": "?", "choices": ["a", "b"], "answer": 1, "explanation": "So."}


def test_a_prediction_may_name_the_answer_that_tempts():
    lab = ForceLab(prediction=ASKED)
    lab.prediction = ASKED | {"tempting": 0, "because": "It looks so."}
    for wrong in (
        {"tempting": 0},
        {"because": "x"},
        {"tempting": 1, "because": "x"},
        {"tempting": 2, "because": "x"},
        {"tempting": "0", "because": "x"},
    ):
        with pytest.raises(ValueError, match="prediction"):
            lab.prediction = ASKED | wrong


def test_a_short_link_names_a_preset_and_what_differs():
    made = ForceLab.from_link("https://a.b/c.html#force-lab.turning=v2.turning;scale=2;names=('a,'b%20c,'%C3%A9)&encyclopedia=v2.loud")
    assert made.state() == ForceLab.preset("turning", scale=2, names=["a", "b c", "é"]).state()


@pytest.mark.parametrize(
    "link", ["", "https://a.b/c.html", "#force-lab=v1.!!", "#force-lab=v1.AAAA", "#force-lab=v2.e30", "#force-lab=v2.identity;scale=(", 3]
)
def test_broken_links_are_told(link):
    with pytest.raises(ValueError, match="link"):
        ForceLab.from_link(link)


def test_the_still_is_an_image_with_words(monkeypatch):
    lab = ForceLab.preset("article")
    data, _ = lab._repr_mimebundle_()
    assert "image/png" not in data
    monkeypatch.setenv("TOKENDYNAMICS_STILLS", "1")
    data, _ = lab._repr_mimebundle_()
    assert len(data["image/png"]) < 90_000
    assert "t1" in data["text/plain"]
    json.dumps(data)


def test_in_the_dance_words_meet_below_a_quarter_turn_of_V_and_spread_above_it():
    """What the front page says. Cosines of pairs: all 1 where n tokens have met, −1 ⁄ (n − 1) on average where they stand apart."""
    dance, rng = ForceLab.preset("dance"), np.random.default_rng(0)
    for tokens in (dance.tokens, *rng.normal(size=(2, 5, 2))):
        for degrees, wanted in ((30, 1), (80, 1), (100, -0.25), (120, -0.25), (180, -0.25)):
            c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
            head = (dance.Q, dance.K, np.array([[c, -s], [s, c]]))
            end = td.trajectories(tokens, [head] * 800, step=0.1, norm=dance.norm)[-1]
            assert (end @ end.T)[np.triu_indices(5, 1)].mean() == pytest.approx(wanted, abs=1e-3), degrees
