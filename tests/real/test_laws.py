"""The measures of the real model's laws where the answer is known, and the shipped numbers against the model."""

import itertools

import numpy as np
import pytest

from tokendynamics import content, force, knowledge
from tokendynamics.real import head_laws, laws, minilm
from tokendynamics.real.minilm import scale, with_constant

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


def toy(seed, n=6, d=8, d_head=8, heads=3):
    """Tokens with a constant 1 and heads that leave it alone."""
    rng = np.random.default_rng(seed)
    Q, K = 0.5 * rng.standard_normal((2, heads, d_head, d + 1))
    V = np.zeros((heads, d + 1, d + 1))
    V[:, :d] = 0.5 * rng.standard_normal((heads, d, d + 1))
    return with_constant(rng.standard_normal((n, d))), Q, K, V, rng


def along_the_force(seed):
    """Heads that move tokens along the force: V is QᵀK with the constant's row cut off."""
    tokens, Q, K, V, rng = toy(seed)
    V[:, :-1] = 0.3 * (np.swapaxes(Q, -1, -2) @ K)[:, :-1]
    return tokens, Q, K, V, rng


def measured(tokens, Q, K, V, rng):
    through = knowledge(Q, K, V) @ np.swapaxes(Q, -1, -2) @ K
    return head_laws.head_laws(tokens, Q, K, V, through, rng)


@pytest.mark.parametrize("seed", range(3))
def test_motion_along_the_force_climbs_and_is_seen_to(seed):
    found = measured(*along_the_force(seed))
    np.testing.assert_allclose(found["cosine"], 1, rtol=1e-10)
    for name in ("climbs", "uphill", "uphill_held"):
        assert (found[name] == 1).all(), name
    assert (found["rises"] > 0).all() and (found["rises"] > found["rises_random"]).all()
    assert (np.abs(found["cosine_random"]) < 0.9).all() and found["uphill_random"].min() < 1


def test_motion_against_the_force_does_not():
    tokens, Q, K, V, rng = along_the_force(0)
    found = measured(tokens, Q, K, -1e-3 * V, rng)
    np.testing.assert_allclose(found["cosine"], -1, rtol=1e-10)
    assert not found["climbs"].any() and not found["uphill"].any() and not found["uphill_held"].any()


def test_rises_is_the_slope_times_the_step_when_the_step_is_small():
    tokens, Q, K, V, rng = toy(4)
    V *= 1e-6
    pull, motion = (
        f[..., :-1]
        for f in (force(tokens, Q, K, include_self=True, scale=scale(Q)), content(tokens, Q, K, V, include_self=True, scale=scale(Q)))
    )
    np.testing.assert_allclose(measured(tokens, Q, K, V, rng)["rises"], (pull * motion).sum(-1).mean(-1), rtol=1e-3, atol=1e-10)


def test_arrows_keep_lengths_and_dealt_ones_are_another_tokens():
    rng = np.random.default_rng(0)
    motion = rng.standard_normal((3, 7, 5))
    kinds = head_laws.arrows(motion, rng)
    np.testing.assert_allclose(np.linalg.norm(kinds["_random"], axis=-1), np.linalg.norm(motion, axis=-1))
    dealt = kinds["_dealt"]
    assert not (dealt == motion).all(axis=-1).any()
    np.testing.assert_array_equal(np.sort(dealt, axis=-2), np.sort(motion, axis=-2))


def test_matched_motions_go_as_far_and_end_as_long_and_only_their_direction_is_drawn():
    rng = np.random.default_rng(0)
    tokens, motion = rng.standard_normal((2, 40, 9))
    drawn = laws.matched(motion, tokens, rng)
    for one, other in ((motion, drawn), (tokens + motion, tokens + drawn)):
        np.testing.assert_allclose(np.linalg.norm(one, axis=-1), np.linalg.norm(other, axis=-1))
    axis = tokens / np.linalg.norm(tokens, axis=-1, keepdims=True)
    around = [m - (m * axis).sum(-1, keepdims=True) * axis for m in (motion, drawn)]
    cosine = (around[0] * around[1]).sum(-1) / np.prod(np.linalg.norm(around, axis=-1), axis=0)
    assert abs(cosine.mean()) < 0.2 and np.abs(cosine).max() < 0.99


def test_pair_balance_against_a_loop_and_is_0_where_action_is_reaction():
    rng = np.random.default_rng(1)
    weights, values = rng.random((5, 5)), rng.standard_normal((5, 4))
    by_hand = []
    for i in range(5):
        for k in range(i):
            one, other = weights[i, k] * values[k], weights[k, i] * values[i]
            by_hand.append(np.linalg.norm(one + other) / (np.linalg.norm(one) + np.linalg.norm(other)))
    assert head_laws.pair_balance(weights, values) == pytest.approx(np.mean(by_hand))
    pair = np.array([[1.0, 2.0], [-1.0, -2.0]])
    assert head_laws.pair_balance(np.full((2, 2), 0.5), pair) == pytest.approx(0, abs=1e-7)
    assert head_laws.balance(pair) == 0 and head_laws.balance(np.ones((4, 3))) == pytest.approx(1)


def test_gradient_share_is_that_of_a_jacobian_by_differences():
    tokens, Q, K, V, _ = toy(2)
    seen = head_laws.attention.attention_weights(tokens, Q, K, include_self=True, scale=scale(Q))
    shares = head_laws.gradient_share(seen, tokens, Q, K, V)
    step, d = 1e-5, tokens.shape[1] - 1
    for h, i in ((0, 0), (2, 3)):

        def moved(x):  # V T a of a query at x, the keys where they were
            scores = scale(Q) * (K[h] @ tokens.T).T @ (Q[h] @ np.append(x, 1))
            mass = np.exp(scores - scores.max())
            return V[h][:-1] @ (mass / mass.sum() @ tokens)

        J = np.stack([(moved(tokens[i, :-1] + step * e) - moved(tokens[i, :-1] - step * e)) / (2 * step) for e in np.eye(d)], axis=1)
        assert shares[h, i] == pytest.approx(np.linalg.norm(J + J.T) / 2 / np.linalg.norm(J), rel=1e-6)


def test_gradient_share_is_1_for_motion_along_the_force_and_symmetric_share_knows_both_ends():
    tokens, Q, K, V, _ = along_the_force(3)
    seen = head_laws.attention.attention_weights(tokens, Q, K, include_self=True, scale=scale(Q))
    np.testing.assert_allclose(head_laws.gradient_share(seen, tokens, Q, K, V), 1, rtol=1e-9)
    A = np.random.default_rng(0).standard_normal((40, 40))
    assert head_laws.symmetric_share(A + A.T) == pytest.approx(1) and head_laws.symmetric_share(A - A.T) == 0
    assert head_laws.symmetric_share(A) == pytest.approx(0.71, abs=0.03)


def test_roles_read_the_right_entries():
    n = 6
    for number, weights in enumerate([np.eye(n), np.eye(n, k=-1), np.eye(n, k=1), np.eye(n)[[0] * n], np.eye(n)[[n - 1] * n]]):
        assert head_laws.roles(weights)[number] == 1
        assert head_laws.roles(np.full((n, n), 1 / n))[number] == pytest.approx(1 / n)


def test_slope_error_is_small_and_would_notice_a_wrong_scale(monkeypatch):
    tokens, Q, K, _, rng = toy(5)
    assert head_laws.slope_error(tokens, Q, K, rng).max() < 1e-8
    monkeypatch.setattr(head_laws.attention, "force", lambda *a, **k: 1.01 * force(*a, **k))
    assert head_laws.slope_error(tokens, Q, K, rng).max() > 1e-3


def test_flow_error_shrinks_with_the_layer_and_is_0_where_nothing_changes_along_the_way():
    tokens, Q, K, V, _ = toy(6)
    errors = [laws.flow_error(tokens, Q, K, size * V) for size in (0.1, 0.05, 0.025)]
    np.testing.assert_allclose([errors[0] / errors[1], errors[1] / errors[2]], 2, atol=0.3)  # one order
    still = np.zeros_like(V)
    still[..., :-1, -1] = 1  # all drift alike, so no weight changes
    assert laws.flow_error(tokens, Q, K, still) < 1e-9


def test_unlike_words_by_hand():
    rng = np.random.default_rng(0)
    words = [["[CLS]", "a", "b"], ["[CLS]", "b", "c", "a"]]
    runs = [rng.standard_normal((2, len(each), 5)) for each in words]
    inside, between, first = [], [], []
    tokens = [(s, i, word) for s, each in enumerate(words) for i, word in enumerate(each)]
    for (s, i, word), (other_s, other_i, other) in itertools.combinations(tokens, 2):
        if word == other:
            continue
        one, two = runs[s][:, i], runs[other_s][:, other_i]
        cosine = (one * two).sum(axis=-1) / np.linalg.norm(one, axis=-1) / np.linalg.norm(two, axis=-1)
        (inside if s == other_s else between).append(cosine)
        if s == other_s and i == 0:
            first.append(cosine)
    found = laws.unlike(runs, words)
    for name, cosines in {"inside": inside, "between": between, "first": first}.items():
        np.testing.assert_allclose(found[name], np.mean(cosines, axis=0), rtol=1e-6)
    with pytest.raises(ValueError, match="words must be the tokens"):
        laws.unlike(runs, words[:1])
    with pytest.raises(ValueError, match="words must differ"):
        laws.unlike(runs[:1], words[:1])


def test_shipped_numbers_say_where_they_come_from_and_are_whole():
    data = laws.shipped()
    assert data["about"]["model"]["sha256"] == minilm.SHA256 and data["about"]["sentences"] == len(laws.sentences()) >= 60
    for table, shape in (("heads", (6, 12)), ("layers", (6,))):
        assert set(data[table]) == set(data[f"{table}_random_weights"])
        for law, numbers in data[table].items():
            assert numbers["mean"].shape[: len(shape)] == shape and np.isfinite(numbers["mean"]).all() and (numbers["sd"] >= 0).all(), law
    layers = {law: numbers["mean"] for law, numbers in data["layers"].items()}
    for law, each in data["layers_of_each_shuffle"].items():
        np.testing.assert_allclose(each.mean(axis=0), data["layers_random_weights"][law]["mean"], atol=2e-4)
    for kind in ("", "_random_weights"):
        assert set(data[f"heads_without_first{kind}"]) == set(laws.WITHOUT_FIRST)
    for part in ("layers_first", "layers_others", "layers_without_first"):
        assert set(data[part]) == set(data["layers"])
    for name in ("heads", "layer"):
        np.testing.assert_allclose(layers[f"length_{name}_matched"], layers[f"length_{name}"], atol=1e-3)
    assert data["exact"]["(9)"] < 1e-9 and data["exact"]["(14)"] < 1e-12 and data["exact"]["heads"] == 72


@with_weights
def test_shipped_numbers_are_what_the_model_gives(mini):
    """All matrices, and two sentences in one layer; the whole run takes minutes."""
    model, data = mini, laws.shipped()
    for law, values in laws.matrices(model).items():
        np.testing.assert_allclose(values, data["matrices"][law], atol=1e-4)
    runs = laws.states(model, laws.sentences()[: laws.PIECE])
    errors = laws.exact(model, runs, layers=(2,))
    assert errors["(9)"] < 1e-9 and errors["(14)"] < 1e-12
    for law, numbers in laws.heads_table(model, runs, layers=(2,)).items():
        for name, again in numbers.items():
            np.testing.assert_allclose(again, data["piece"][law][name], atol=1e-3, err_msg=f"{law} {name}")
            assert (np.abs(numbers["mean"][0] - data["heads"][law]["mean"][2]) <= 6 * data["heads"][law]["sd"][2] + 0.02).all(), law


@with_weights
def test_without_the_first_token_its_attention_is_shared_among_the_others(mini):
    """The same from the whole sentence's attention, with the first column gone and every row a share of what is left."""
    runs = laws.states(mini, laws.sentences()[:3])
    found, rows = laws.heads_without_first(mini, runs, layers=(4,)), []
    Q, K, V = (a.astype(np.float64) for a in minilm.heads(mini.weights, 4, 12))
    for run in runs:
        tokens = with_constant(run[4])
        scores = scale(Q) * (tokens @ np.swapaxes(Q, -1, -2)) @ np.swapaxes(tokens @ np.swapaxes(K, -1, -2), -1, -2)  # (12, n, n)
        seen = np.exp(scores - scores.max(axis=-1, keepdims=True))[:, 1:, 1:]
        mean = seen / seen.sum(axis=-1, keepdims=True) @ tokens[1:]  # (12, n - 1, d + 1)
        motion, pull = ((mean @ np.swapaxes(m, -1, -2))[..., :-1] for m in (V, np.swapaxes(Q, -1, -2) @ K))
        lengths = np.linalg.norm(motion, axis=-1) * np.linalg.norm(pull, axis=-1)
        rows.append(((motion * pull).sum(axis=-1) / lengths).mean(axis=-1))
    np.testing.assert_allclose(found["cosine"]["mean"], [np.mean(rows, axis=0)], atol=1e-6)
    whole = laws.shipped()["heads_without_first"]["cosine"]
    assert (np.abs(found["cosine"]["mean"][0] - whole["mean"][4]) <= 6 * whole["sd"][4] + 0.02).all()


@with_weights
def test_the_bias_of_a_layer_is_no_heads(mini):
    """Written by hand: the segments side by side through W_O, and nothing added."""
    (run,) = laws.states(mini, laws.sentences()[:1])
    ((found,),) = laws.laws_without_bias(mini, [run], layers=(3,))
    weights = {name: value.astype(np.float64) for name, value in mini.weights.items() if "layer.3." in name}
    W_O = weights["encoder.layer.3.attention.output.dense.weight"]
    moved = run[3] + minilm.segments(weights, 3, run[3], 12) @ W_O.T
    np.testing.assert_allclose(found["length_heads"], np.linalg.norm(moved, axis=-1) / np.linalg.norm(run[3], axis=-1), rtol=1e-9)
    assert np.allclose(found["length_heads_matched"], found["length_heads"]), "as long as the motion leaves a token"
    ((fetched,),) = laws.laws_without_bias(mini, [run], layers=(3,), values=False)
    moved = moved - W_O @ weights["encoder.layer.3.attention.self.value.bias"]
    np.testing.assert_allclose(fetched["length_heads"], np.linalg.norm(moved, axis=-1) / np.linalg.norm(run[3], axis=-1), rtol=1e-9)


@with_weights
def test_the_control_of_random_weights_keeps_tokens_and_sizes(mini):
    other = minilm.shuffled(mini, 0)
    for layer in (0, 5):
        for one, two in zip(minilm.heads(mini.weights, layer, 12)[:2], minilm.heads(other.weights, layer, 12)[:2]):
            np.testing.assert_allclose(np.linalg.norm(one), np.linalg.norm(two), rtol=1e-4)
            assert not np.allclose(one, two)
