"""The page's model with one head changed, or parts switched off, beside numpy, which does it the plain way: whole matrices, head by head."""

import numpy as np
import packed_model
import pytest

from tokendynamics.attention import attention_weights, content
from tokendynamics.real import bent, minilm
from tokendynamics.seeded import drawn_tokens

CHANGES = [
    {"bent": [1, 1], "beta": 0},
    {"bent": [6, 12], "beta": 4},
    {"bent": [2, 7], "gain": 0},
    {"bent": [5, 3], "gain": -1, "beta": 2.5},
    {"bent": [1, 4], "value": "law"},
    {"bent": [4, 9], "value": "law", "gain": 2, "beta": 0.5},
    {"bent": [3, 2], "value": "random"},
    {"bent": [6, 11], "value": "random", "gain": -0.5},
    {"without": "heads"},
    {"without": "mlp"},
    {"without": "both"},
    {"bent": [2, 5], "beta": 3, "value": "law", "without": "mlp"},
]
SENTENCES = [sentence for sentence in packed_model.SENTENCES if len(sentence) < 70]


@pytest.fixture(scope="module")
def model():
    return packed_model.model()


@pytest.fixture(scope="module")
def found(model):
    jobs = [
        {"ids": model.tokenizer.encode(SENTENCES[number % len(SENTENCES)]).ids, "change": change} for number, change in enumerate(CHANGES)
    ]
    return list(packed_model.passes(jobs))


def changed_value(model, layer, head, value):
    """V of the head, (d + 1, d + 1)."""
    Q, K, V = (matrix[head] for matrix in model.heads[layer])
    if value == "law":
        product = Q.T @ K
        return V @ np.linalg.pinv(product, rcond=1e-10) @ product
    if value == "random":
        out = model.weights[f"encoder.layer.{layer}.attention.output.dense.weight"][:, 32 * head : 32 * (head + 1)]
        made = np.zeros_like(V)
        made[:-1] = out @ drawn_tokens(32, 385, 12 * layer + head)
        return made * np.linalg.norm(V) / np.linalg.norm(made)
    return V


def forward(model, sentence, bent=(1, 1), beta=1.0, gain=1.0, value="learned", without="nothing"):
    """States and attentions."""
    tokens = minilm.embed(model.weights, model.tokenizer.encode(sentence).ids)
    states, attentions = [tokens], []
    for layer, (Q, K, V) in enumerate(model.heads):
        Q, V = Q.copy(), V.copy()
        if layer == bent[0] - 1:
            head = bent[1] - 1
            V[head] = gain * changed_value(model, layer, head, value)
            Q[head] *= beta
        options = {"include_self": True, "scale": 1 / np.sqrt(32)}
        seen = minilm.with_constant(tokens)
        attentions.append(attention_weights(seen, Q, K, **options))
        written = (
            content(seen, Q, K, V, **options).sum(axis=0)[:, :-1] + model.weights[f"encoder.layer.{layer}.attention.output.dense.bias"]
        )
        tokens = minilm.add_and_norm(model.weights, layer, tokens, written * (without not in ("heads", "both")))
        if without in ("mlp", "both"):
            tokens = minilm.layer_norm(model.weights, f"encoder.layer.{layer}.output.LayerNorm", tokens)
        else:
            tokens = minilm.mlp(model.weights, layer, tokens)
        states.append(tokens)
    return np.array(states), np.array(attentions)


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_a_changed_model_is_numpys(model, found, number):
    sentence = SENTENCES[number % len(SENTENCES)]
    states, attentions = forward(model, sentence, **CHANGES[number])
    packed_model.near(found[number][0], states, 1e-5)
    packed_model.near(found[number][1], attentions, 1e-5)
    learned = model.hidden_states(sentence)
    assert np.abs(learned - states).max() > 1e-3, "the change changes something"


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_python_makes_the_same_change(model, found, number):
    change = dict(CHANGES[number])
    layer, head = change.pop("bent", (1, 1))
    wanted = bent.bent(model, bent.Change(layer, head, **change)).forward(SENTENCES[number % len(SENTENCES)])
    packed_model.near(found[number][0], wanted.states, 1e-5)
    packed_model.near(found[number][1], wanted.attentions, 1e-5)
