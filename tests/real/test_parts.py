"""The parts of a layer, each by itself, and the first token taken away: on weights where the answer is known, and the shipped numbers."""

import numpy as np
import pytest
from test_minilm import tiny_weights

from tokendynamics.real import laws, minilm, parts

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())
MODEL = minilm.Model(tiny_weights(), None, 3)
TOKENS = minilm.embed(MODEL.weights, np.array([1, 4, 2, 7, 5]))


def test_the_parts_are_those_of_the_layer_and_add_up():
    """The steps of heads and MLP lead from the token to the layer's output, and each length is that of its own step by hand."""
    found = parts.lengths(MODEL.weights, 0, TOKENS, 3)
    wrote = minilm.written(MODEL.weights, 0, TOKENS, *minilm.heads(MODEL.weights, 0, 3))
    middle = minilm.add_and_norm(MODEL.weights, 0, TOKENS, wrote)
    after = minilm.forward(MODEL.weights, np.array([1, 4, 2, 7, 5]), 3).states[1]
    steps = {"heads": wrote, "heads_step": middle - TOKENS, "mlp_step": after - middle, "token": TOKENS}
    for name, step in steps.items():
        assert found[name] == pytest.approx(np.linalg.norm(step, axis=1)), name
    p = "encoder.layer.0."
    inner = middle @ MODEL.weights[p + "intermediate.dense.weight"].T + MODEL.weights[p + "intermediate.dense.bias"]
    mlp = minilm.gelu(inner) @ MODEL.weights[p + "output.dense.weight"].T + MODEL.weights[p + "output.dense.bias"]
    assert found["mlp"] == pytest.approx(np.linalg.norm(mlp, axis=1))
    assert found["mlp_norm"] == pytest.approx(np.linalg.norm(after - middle - mlp, axis=1))
    assert found["times"] == pytest.approx(np.linalg.norm(mlp, axis=1) / np.linalg.norm(wrote, axis=1))
    for name, arrow in {"heads": wrote, "mlp": mlp}.items():
        rest = steps[f"{name}_step"] - found[f"{name}_left"][:, None] * arrow
        assert np.abs((rest * arrow).sum(axis=1)).max() < 1e-9, "what is left lies along it, and the rest across"


def test_the_first_token_is_kept_apart_from_the_others():
    """Over all tokens together one that is thirty times as long would be most of a mean."""
    found = parts.table(MODEL, [TOKENS[None], TOKENS[None, :3]], layers=[0])["lengths"]
    length = np.linalg.norm(TOKENS, axis=1)
    assert found["[CLS]"]["token"] == pytest.approx(length[:1])
    assert found["others"]["token"] == pytest.approx([np.median([*length[1:], *length[1:3]])])


def test_deleted_attention_is_the_softmax_of_the_others_alone():
    scores = np.random.default_rng(0).standard_normal((2, 4, 4))
    a = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    alone = np.exp(scores[..., 1:]) / np.exp(scores[..., 1:]).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(parts.renormalised(a, 0)[..., 1:], alone)
    assert not parts.renormalised(a, 0)[..., 0].any() and a[..., 0].all(), "the argument is left alone"


def test_a_crowd_is_pushed_one_way_where_values_are_alike_whoever_is_looked_at():
    rng = np.random.default_rng(1)
    a = rng.dirichlet(np.ones(6), (3, 6))
    one, own = rng.standard_normal((3, 1, 8)), rng.standard_normal((3, 6, 8))
    alike = parts.crowd(a, 10 * one + own, rng)
    assert min(alike["model"], alike["deleted"], alike["reshuffled"]) > 0.95 and alike["centred"] < 0.8
    even = parts.crowd(np.full((3, 6, 6), 1 / 6), own, rng)
    assert even["model"] == pytest.approx(1) and even["deleted"] == pytest.approx(1), "all get the same mean"


def test_a_silenced_token_is_one_whose_value_is_zero_and_a_deleted_one_is_cut_out():
    """One layer, by hand: no value from token 2, or no token 2 among the keys."""
    heads = minilm.heads(MODEL.weights, 0, 3)
    one = minilm.with_constant(TOKENS)
    a = parts.attention_weights(one, heads.Q, heads.K, include_self=True, scale=minilm.scale(heads.Q))
    values = np.einsum("hde,ne->hnd", heads.V, one)[..., :-1]
    for way in parts.WAYS:
        wrote = np.zeros((5, 12))
        for i in (0, 1, 3, 4):
            for h in range(3):
                left = 1 - a[h, i, 2] if way == "deleted" else 1
                wrote[i] += sum(a[h, i, k] * values[h, k] for k in (0, 1, 3, 4)) / left
        wrote[2] = np.einsum("hk,hkd->d", a[:, 2], values)
        wrote += MODEL.weights["encoder.layer.0.attention.output.dense.bias"]
        by_hand = minilm.mlp(MODEL.weights, 0, minilm.add_and_norm(MODEL.weights, 0, TOKENS, wrote))
        np.testing.assert_allclose(parts.without(MODEL, TOKENS, 2, way)[1], by_hand)
    run = parts.without(MODEL, TOKENS, 2, "silenced")
    assert parts.moved(run, run, 2).max() == 0 and parts.moved(run, 2 * run, 2) == pytest.approx(1)


def test_shipped_numbers_say_where_they_come_from_and_agree_with_the_other_tables():
    data, heads = parts.shipped(), laws.shipped()["heads"]
    assert "real_parts.json" in data["about"]["command"] and data["about"]["versions"]["tokendynamics"]
    np.testing.assert_allclose(data["crowd"]["model"], heads["third_law"]["mean"].mean(axis=1), atol=2e-4)
    np.testing.assert_allclose(data["sink"]["share"], heads["roles"]["mean"][..., 3].mean(axis=1), atol=2e-4)
    words, first = data["lengths"]["others"], data["lengths"]["[CLS]"]
    assert (first["mlp"][:4] > 5 * first["token"][:4]).all() and first["mlp_left"][:5].max() < 0, "taken back, and a little more"
    assert (1.3 < words["times"]).all() and (words["times"] < 2.6).all()
    assert (words["mlp"] > words["token"]).tolist() == [False] * 5 + [True]
    assert np.abs(np.log(words["mlp_step"] / words["heads_step"])).max() < 0.4, "about as far by the MLP as by the heads"


@with_weights
def test_shipped_numbers_are_what_the_model_gives(mini):
    data = parts.shipped()["piece"]
    found = parts.table(mini, laws.states(mini, laws.sentences()[: parts.PIECE]))
    lengths = ((name, data["lengths"][name], found["lengths"][name]) for name in ("[CLS]", "others"))
    for name, by_law, measured in (*lengths, *((name, data[name], found[name]) for name in ("crowd", "sink"))):
        for law, values in by_law.items():
            np.testing.assert_allclose(measured[law], values, atol=2e-3, err_msg=f"{name} {law}")
