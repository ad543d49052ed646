"""A changed head of the model against matrices written out, and parts switched off against layers without them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from test_minilm import tiny_weights

from tokendynamics import attention_weights, content, knowledge
from tokendynamics.real import bent, minilm
from tokendynamics.real.bent import Change
from tokendynamics.real.minilm import scale, with_constant
from tokendynamics.seeded import drawn_tokens


class Letters:
    """A tokenizer: a token a letter."""

    def encode(self, text):
        return SimpleNamespace(tokens=["[CLS]", *text, "[SEP]"], ids=[1, *(ord(letter) % 7 for letter in text), 2])


TINY = minilm.Model(tiny_weights(), Letters(), 3)
TEXT = "abca"
HEADS = [(layer, head) for layer in (1, 2) for head in (1, 2, 3)]


@pytest.fixture(scope="module")
def real():
    """The packed model, its layers as float64, so that what must agree does to rounding."""
    model = minilm.load(packed=True)
    weights = {name: array.astype(np.float64) if "encoder" in name else array for name, array in model.weights.items()}
    return replace(model, weights=weights)


def written_out(model, text, layers, *, mlp=True, heads=True):
    """All states, from each layer's [(Q, K, V, β), …] one head at a time."""
    ids = model.tokenizer.encode(text).ids
    weights, tokens = model.weights, minilm.embed(model.weights, ids)
    states = [tokens]
    for layer, of_layer in enumerate(layers):
        name = f"encoder.layer.{layer}."
        moved = sum(content(with_constant(tokens), Q, K, V, include_self=True, scale=beta)[:, :-1] for Q, K, V, beta in of_layer)
        moved = moved + weights[f"{name}attention.output.dense.bias"]
        tokens = minilm.layer_norm(weights, f"{name}attention.output.LayerNorm", tokens + heads * moved)
        inner = minilm.gelu(minilm.linear(weights, f"{name}intermediate.dense", tokens))
        moved = minilm.linear(weights, f"{name}output.dense", inner)
        tokens = minilm.layer_norm(weights, f"{name}output.LayerNorm", tokens + mlp * moved)
        states.append(tokens)
    return np.stack(states)


def as_learned(model):
    return [[(Q, K, V, scale(Q)) for Q, K, V in zip(*layer)] for layer in model.heads]


@pytest.mark.parametrize("layer, head", HEADS)
@pytest.mark.parametrize("beta", [0, 0.5, 4])
def test_beta_is_a_factor_of_the_scores_of_one_head(layer, head, beta):
    layers = as_learned(TINY)
    Q, K, V, learned = layers[layer - 1][head - 1]
    layers[layer - 1][head - 1] = Q, K, V, beta * learned
    forward = bent.bent(TINY, Change(layer, head, beta=beta)).forward(TEXT)
    assert np.abs(forward.states - written_out(TINY, TEXT, layers)).max() < 1e-12
    here = with_constant(forward.states[layer - 1])
    sharper = attention_weights(here, Q, K, include_self=True, scale=beta * learned)
    assert np.abs(forward.attentions[layer - 1, head - 1] - sharper).max() < 1e-12


@pytest.mark.parametrize("layer, head", HEADS)
@pytest.mark.parametrize("gain", [-1, 0, 2])
def test_gain_is_a_factor_of_what_one_head_writes_and_0_leaves_the_others_alone(layer, head, gain):
    layers = as_learned(TINY)
    if gain == 0:
        del layers[layer - 1][head - 1]
    else:
        Q, K, V, beta = layers[layer - 1][head - 1]
        layers[layer - 1][head - 1] = Q, K, gain * V, beta
    assert np.abs(bent.bent(TINY, Change(layer, head, gain=gain)).hidden_states(TEXT) - written_out(TINY, TEXT, layers)).max() < 1e-12


@pytest.mark.parametrize("which, layer, head", [*(("tiny", *each) for each in HEADS), ("real", 1, 1), ("real", 4, 12)])
def test_by_the_law_V_is_what_M_makes_of_it(request, which, layer, head):
    model = TINY if which == "tiny" else request.getfixturevalue("real")
    Q, K, V = (part[head - 1] for part in model.heads[layer - 1])
    wanted = knowledge(Q, K, V) @ Q.T @ K
    changed = minilm.heads(bent.bent(model, Change(layer, head, value="law", beta=2)).weights, layer - 1, model.n_heads)
    assert np.linalg.norm(changed.V[head - 1] - wanted) < 1e-11 * np.linalg.norm(wanted) < 0.9 * 1e-11 * np.linalg.norm(V)
    assert np.array_equal(np.delete(changed.V, head - 1, axis=0), np.delete(model.heads[layer - 1].V, head - 1, axis=0))


def test_by_the_law_of_a_head_that_forgets_a_direction():
    weights = {name: array.copy() for name, array in TINY.weights.items()}
    for kind in ("weight", "bias"):
        weights[f"encoder.layer.0.attention.self.query.{kind}"][4] = 0  # the first row of the second head
    model = replace(TINY, weights=weights)
    Q, K, V = (part[1] for part in model.heads[0])
    wanted = knowledge(Q, K, V) @ Q.T @ K
    changed = bent.bent(model, Change(1, 2, value="law")).heads[0].V[1]
    assert np.linalg.matrix_rank(wanted) == 3 and np.linalg.norm(changed - wanted) < 1e-11 * np.linalg.norm(wanted)


@pytest.mark.parametrize("which, layer, head", [("tiny", 1, 3), ("tiny", 2, 1), ("real", 1, 1), ("real", 6, 7)])
@pytest.mark.parametrize("gain", [1, -0.5])
def test_a_random_V_is_as_large_and_drawn_for_its_head(request, which, layer, head, gain):
    model = TINY if which == "tiny" else request.getfixturevalue("real")
    V = model.heads[layer - 1].V[head - 1]
    changed = bent.bent(model, Change(layer, head, value="random", gain=gain)).heads[layer - 1].V[head - 1]
    assert np.linalg.norm(changed) == pytest.approx(abs(gain) * np.linalg.norm(V), rel=1e-12)
    d_head = len(model.heads[0].Q[0])
    W_O = model.weights[f"encoder.layer.{layer - 1}.attention.output.dense.weight"][:, (head - 1) * d_head : head * d_head]
    drawn = W_O @ drawn_tokens(d_head, len(V), model.n_heads * (layer - 1) + head - 1)
    cosine = (changed[:-1] * drawn).sum() / np.linalg.norm(changed) / np.linalg.norm(drawn)
    assert cosine == pytest.approx(np.sign(gain), abs=1e-12)


@pytest.mark.parametrize("without, left", [("heads", {"heads": False}), ("mlp", {"mlp": False}), ("both", {"heads": False, "mlp": False})])
def test_parts_that_write_nothing(without, left):
    changed = bent.bent(TINY, Change(without=without))
    assert np.abs(changed.hidden_states(TEXT) - written_out(TINY, TEXT, as_learned(TINY), **left)).max() < 1e-12
    assert np.abs(changed.hidden_states(TEXT) - TINY.hidden_states(TEXT)).max() > 0.1


def test_what_is_not_changed_is_shared_and_the_model_stays_as_it_was():
    before = {name: array.copy() for name, array in TINY.weights.items()}
    for change in (Change(), Change(2, 1, beta=2, gain=0, value="random"), Change(without="both")):
        changed = bent.bent(TINY, change)
        assert all(np.array_equal(array, before[name]) for name, array in TINY.weights.items())
        again = [minilm.heads(changed.weights, layer, 3) for layer in range(2)]  # those that were handed on are those of its weights
        assert all(np.array_equal(a, b) for mine, other in zip(changed.heads, again) for a, b in zip(mine, other))
    assert np.array_equal(bent.bent(TINY, Change()).hidden_states(TEXT), TINY.hidden_states(TEXT))
    later = bent.bent(TINY, Change(2, 1, gain=0)).hidden_states(TEXT)
    assert np.array_equal(later[:2], TINY.hidden_states(TEXT)[:2]) and np.abs(later[2] - TINY.hidden_states(TEXT)[2]).max() > 1e-3


def test_the_real_heads_change_what_the_real_model_says():
    model = minilm.load(packed=True)
    before = model.hidden_states("Turn on the light.")
    for change in (
        Change(3, 4, beta=0),
        Change(3, 4, gain=2),
        Change(3, 4, value="law"),
        Change(3, 4, value="random"),
        Change(without="mlp"),
    ):
        after = bent.bent(model, change).hidden_states("Turn on the light.")
        assert after.dtype == np.float32 and np.isfinite(after).all()
        assert np.abs(after[-1] - before[-1]).max() > 1e-2 and (change.without == "mlp" or np.array_equal(after[:3], before[:3]))


def test_whether_and_where_something_is_changed():
    assert bent.neutral(Change()) and bent.neutral(Change(4, 7)) and not bent.neutral(Change(without="mlp"))
    assert (
        not bent.of_a_head(Change(without="heads")) and bent.first(Change(3, 2, gain=0)) == 2 and bent.first(Change(3, without="mlp")) == 0
    )
    for change in (Change(beta=2), Change(gain=0), Change(value="law")):
        assert bent.of_a_head(change) and not bent.neutral(change)


@pytest.mark.parametrize(
    "change, words",
    [
        (Change(0), "layer must be a whole number from 1 to 2; got 0"),
        (Change(1, 4), "head must be a whole number from 1 to 3; got 4"),
        (Change(beta=np.nan), "beta must be one finite number"),
        (Change(gain="2"), "gain must be one number"),
        (Change(value="none"), "value must be one of 'learned', 'law', 'random'; got 'none'"),
        (Change(without="all"), "without must be one of 'nothing', 'heads', 'mlp', 'both'; got 'all'"),
        ((1, 1), "change must be a Change"),
    ],
)
def test_a_change_that_cannot_be_made_is_told(change, words):
    with pytest.raises(ValueError, match=words):
        bent.bent(TINY, change)
