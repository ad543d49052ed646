"""The packed model that ships: how near it is to the full weights, that it is whole, and what is said when it is not."""

import json
import shutil

import numpy as np
import pytest

from tokendynamics.real import _packed as packed
from tokendynamics.real import minilm, pack, senses

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


@pytest.fixture(scope="module")
def model():
    return minilm.load(packed=True)


@pytest.fixture
def copied(tmp_path):
    """The small files of the model, in a folder that a test may harm."""
    for file in ("card.json", "embeddings.bin", "words-000.bin"):
        shutil.copy(packed.FOLDER / file, tmp_path)
    return tmp_path


@pytest.mark.parametrize("shape", [(3, 7), (1, 1), (40, 384), (5,)])
def test_a_number_comes_back_within_half_a_step_of_its_row(shape):
    rng = np.random.default_rng(3)
    array = (rng.standard_normal(shape) * np.exp(rng.standard_normal((shape[0], *(1 for _ in shape[1:]))) * 4)).astype(np.float32)
    kind = "int8" if array.ndim == 2 else "float32"
    (back,) = packed.unpacked(packed.packed(array), [packed.Entry("it", list(shape), kind)]).values()
    step = np.abs(array).max(axis=-1, keepdims=True) / 127 if array.ndim == 2 else 0
    assert back.dtype == np.float32 and np.all(np.abs(back - array) <= 0.5001 * step)


def test_a_row_of_zeros_stays_one():
    array = np.array([[0, 0], [1, -2]], np.float32)
    (back,) = packed.unpacked(packed.packed(array), [packed.Entry("it", [2, 2], "int8")]).values()
    assert not back[0].any() and np.allclose(back[1], array[1], atol=2 / 254)


def test_it_says_that_it_is_packed_and_ships_whole(model):
    assert model.packing == "8 bits a number"
    card = json.loads((packed.FOLDER / "card.json").read_text("utf8"))
    assert card["model"] == json.loads(json.dumps(minilm.CARD)) and card["heads"] == model.n_heads == 12
    assert sum(about["bytes"] for about in card["files"].values()) < 23e6
    assert model.weights[packed.WORDS].shape == (len(model.tokenizer.vocabulary), 384)
    attentions = model.attentions("The light is on.")
    assert attentions.shape == (6, 12, 7, 7) and np.allclose(attentions.sum(axis=-1), 1, atol=1e-5)


@with_weights
def test_it_is_what_the_command_makes_of_the_full_weights(tmp_path):
    pack.pack(minilm.load(packed=False), tmp_path)
    made, shipped = (json.loads((folder / "card.json").read_text("utf8"))["files"] for folder in (tmp_path, packed.FOLDER))
    assert made == shipped


@with_weights
def test_its_states_keep_the_direction_of_the_full_models(mini, model):
    """The least cosine over the tokens of all the book's sentences, by layer: .9987 .9996 .9994 .9992 .9991 .9991 .9988."""
    least = np.ones(7)
    for row in senses.shipped()["sentences"]:
        a, b = mini.hidden_states(row["sentence"]), model.hidden_states(row["sentence"])
        cosine = (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
        least = np.minimum(least, cosine.min(axis=1))
    assert np.round(least, 4).tolist() == pytest.approx([0.9987, 0.9996, 0.9994, 0.9992, 0.9991, 0.9991, 0.9988], abs=1.5e-4)


def test_a_damaged_file_is_named(copied):
    file = copied / "words-000.bin"
    file.write_bytes(b"\1" + file.read_bytes()[1:])
    with pytest.raises(ValueError, match="words-000.bin is damaged.*Install the package again"):
        packed.read("words-000.bin", copied)


def test_a_file_of_another_length_is_refused():
    with pytest.raises(ValueError, match="data must be 12 bytes for its entries; got 11"):
        packed.unpacked(b"0" * 11, [packed.Entry("it", [2, 2], "int8")])


def test_the_packed_model_is_one_for_all_who_ask_and_nobody_changes_it():
    model = minilm.load(packed=True)
    assert minilm.load(packed=True) is model
    for array in model.weights.values():
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
