"""Attention packed for the page: what comes out is what went in, to half a per cent, and it is the model's."""

import base64
import zlib

import numpy as np
import pytest

from tokendynamics import _data
from tokendynamics.real import attention_maps, minilm, senses

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())
rng = np.random.default_rng(0)


def softmax(scores):
    weights = np.exp(scores)
    return weights / weights.sum(axis=-1, keepdims=True)


def test_out_comes_what_went_in_to_half_a_per_cent():
    given = [softmax(2 * rng.normal(size=(2, 3, n, n))) for n in (4, 1, 7)]
    packed = attention_maps.pack(given)
    assert (packed["layers"], packed["heads"]) == (2, 3)
    for before, after in zip(given, attention_maps.unpack(packed, [4, 1, 7]), strict=True):
        assert after.shape == before.shape and np.abs(after - before).max() <= 0.005 + 1e-12


@pytest.mark.parametrize(
    "given, words",
    [
        ([], "at least one"),
        ([np.full((1, 1, 2, 2), 1.2)], "shares from 0 to 1"),
        ([np.ones((2, 2))], r"got shape \(2, 2\)"),
        ([np.ones((1, 1, 2, 3))], r"\(1, 1, n, n\); got shape \(1, 1, 2, 3\)"),
        ([np.ones((2, 1, 1, 1)), np.ones((3, 1, 1, 1))], r"\(2, 1, n, n\); got shape \(3, 1, 1, 1\)"),
    ],
)
def test_bad_input_is_told_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        attention_maps.pack(given)


def test_damage_is_told_in_words():
    packed = attention_maps.pack([softmax(rng.normal(size=(1, 2, 3, 3)))])
    with pytest.raises(ValueError, match="18 weights came, 32 are needed"):
        attention_maps.unpack(packed, [4])
    for text in (packed["percent"][:-8], "!" + packed["percent"][1:], base64.b64encode(b"no").decode(), None, "é"):
        with pytest.raises(ValueError, match="attention is damaged"):
            attention_maps.unpack(packed | {"percent": text}, [3])
    with pytest.raises(ValueError, match="layers must be a whole number of at least 1; got -1"):
        attention_maps.unpack(packed | {"layers": -1, "heads": -2}, [3])


def test_shipped_weights_are_shares_of_every_sentence():
    data = senses.shipped()
    for sentence, weights in zip(
        data["sentences"], attention_maps.unpack(data["attention"], [len(s["tokens"]) for s in data["sentences"]]), strict=True
    ):
        assert weights.shape == (6, 12, len(sentence["tokens"]), len(sentence["tokens"]))
        assert np.abs(weights.sum(axis=-1) - 1).max() <= 0.005 * len(sentence["tokens"]) + 1e-9  # each is rounded


def test_shipped_data_of_the_real_model_is_small():
    folder = _data.DATA
    assert (
        sum(path.stat().st_size for name in ("real_*", "causal_lm.json", "real_mobility.json") for path in folder.glob(name)) <= 1_500_000
    )
    assert len(zlib.decompress(base64.b64decode(senses.shipped()["attention"]["percent"]))) > 400_000


@with_weights
def test_shipped_weights_are_the_models(mini):
    data = senses.shipped()
    shipped = attention_maps.unpack(data["attention"], [len(s["tokens"]) for s in data["sentences"]])
    for k in (0, 26, 53):
        assert np.abs(shipped[k] - mini.attentions(data["sentences"][k]["sentence"])).max() <= 0.0051
