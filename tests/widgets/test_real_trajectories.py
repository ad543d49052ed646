"""RealTrajectories in Python: what it takes, what it refuses and in which words, its still, sentences of one's own."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tokendynamics.real import attention_maps
from tokendynamics.widgets import RealTrajectories, real_trajectories


class Stub:
    """Stands in for the model: as many numbers, drawn from the sentence."""

    def tokens(self, sentence):
        return ["[CLS]", *sentence.lower().replace(".", " .").split(), "[SEP]"]

    def hidden_states(self, sentence):
        return np.random.default_rng(list(sentence.encode())).normal(size=(7, len(self.tokens(sentence)), 384)).astype(np.float32)

    def attentions(self, sentence):
        n = len(self.tokens(sentence))
        return np.random.default_rng(list(sentence.encode())).dirichlet(np.ones(n), size=(6, 12, n))


@pytest.mark.parametrize(
    "bad, words",
    [
        ({"word": "ghost"}, "word must be one of 'light', 'apple'"),
        ({"layer": 6.5}, "layer must be a number from 0 to 6; got 6.5"),
        ({"layer": float("nan")}, "layer must be a number from 0 to 6"),
        ({"shown": [0, 50]}, r"shown must be sentences of 'light', from \[0, 1, 2, 3, 4, 5\]; got \[50\]"),
        ({"basis": "best"}, "basis must be one of 'own', 'common'"),
        ({"components": [2, 1]}, r"components must be \[1, 2\], \[1, 3\] or \[2, 3\]"),
        ({"tokens": "some"}, "tokens must be one of 'word', 'all'"),
        ({"dimensions": 4}, "dimensions must be a whole number from 2 to 3; got 4"),
        ({"turn": [10.0]}, r"turn must be \[turn, tilt\] in degrees"),
        ({"turn": [0.0, 90.0]}, "to ±180 and ±85; got"),
        ({"compared": [0, 1, 2]}, "compared must be one or two sentences"),
        ({"compared": [0, 50]}, r"compared must be sentences of 'light', from .*; got \[50\]"),
        ({"head": 13}, "head must be a whole number from 1 to 12; got 13"),
    ],
)
def test_bad_input_is_refused_and_the_state_kept(bad, words):
    with pytest.raises(ValueError, match=words):
        RealTrajectories(**bad)
    widget = RealTrajectories()
    before = widget.state()
    ((name, value),) = bad.items()
    with pytest.raises(ValueError, match=words):
        setattr(widget, name, value)
    assert widget.state() == before


def test_a_word_comes_with_its_sentences():
    widget = RealTrajectories(word="bank", shown=[25, 24])
    assert widget.shown == [24, 25]
    assert widget.compared == [24, 27]  # one of each sense
    widget.word = "light"
    assert widget.shown == [0, 1, 2, 3, 4, 5] and widget.compared == [0, 3]
    widget.set_state({"word": "palm", "shown": [30], "layer": 2.5, "compared": [32]})  # as the page sends it
    assert (widget.word, widget.shown, widget.layer, widget.compared) == ("palm", [30], 2.5, [32])


@pytest.mark.parametrize("shown", [[], [24], [24, 27], None])
@pytest.mark.parametrize("layer", [0, 2.5, 6])
def test_every_state_has_a_still_with_its_numbers_in_words(shown, layer):
    state = {} if shown is None else {"shown": shown}
    image, words = RealTrajectories(word="bank", layer=layer, tokens="all", basis="common", **state).still()
    width, height = Image.open(BytesIO(image)).size
    assert width >= 600 and height >= 300
    seen = layer or 6  # on paper a run that has not begun is drawn to its end
    assert f"layer {seen:g}" in words and "river or money" in words
    assert ("0.74 across senses" in words) == (shown is None and seen == 6)
    assert ("rank as those in all 384 numbers with a correlation of" in words) == (shown is None)  # of two sentences there is one distance


def test_sentences_of_ones_own(monkeypatch):
    monkeypatch.setattr(real_trajectories.minilm, "load", Stub)
    widget = RealTrajectories.of(["A seal barked.", "The wax seal broke."], "seal", layer=3)
    assert widget.state()["shown"] == [0, 1] and widget.data["words"]["seal"]["senses"] == ["A", "B"]
    [first, _] = attention_maps.unpack(widget.data["attention"], [len(s["tokens"]) for s in widget.data["sentences"]])
    assert np.abs(first - Stub().attentions("A seal barked.")).max() <= 0.0051
    assert widget.compared == [0, 1]
    alone = RealTrajectories.of(["A seal barked."], "seal", senses=["animal"])
    assert "in 1 of its sentences (animal)" in alone.still()[1]
    with pytest.raises(ValueError, match="senses must be one for each of the 2 sentences; got 1"):
        RealTrajectories.of(["A seal.", "My seal."], "seal", senses=["x"])
    with pytest.raises(ValueError, match="'otter' is not among"):
        RealTrajectories.of(["A seal."], "otter")
