"""M in the real model: the measures on heads where the answer is known, and the shipped table against the model."""

import numpy as np
import pytest

from tokendynamics import attention_weights
from tokendynamics.real import minilm, mobility, senses

with_weights = pytest.mark.skipif(bool(minilm.missing()), reason=minilm.missing())


def groups(rng, d, n=4):
    return [rng.standard_normal((60, d)) + rng.standard_normal(d) for _ in range(n)]


def test_a_head_that_reads_what_its_index_sees_is_explained_in_full():
    rng = np.random.default_rng(0)
    Q, K = rng.standard_normal((2, 3, 12))
    V = rng.standard_normal((12, 3)) @ K
    head = mobility.measure(Q, K, V, groups(rng, 12), rng)
    assert head["rank"] == 3 and head["residual"] < 1e-12
    assert head["pseudo_inverse"] == pytest.approx(1) and head["fitted"] > 0.95  # ridge costs the rest
    assert head["fitted_random"] < 0.6 and head["fitted_shuffled"] < 0.1
    sigma = np.linalg.svd(Q.T @ K, compute_uv=False)
    assert head["condition"] == pytest.approx(sigma[0] / sigma[2])


def test_a_head_that_reads_elsewhere_is_explained_by_nothing():
    rng = np.random.default_rng(1)
    Q, K = rng.standard_normal((2, 3, 12))
    V = rng.standard_normal((12, 12))
    V -= V @ np.linalg.pinv(K) @ K
    head = mobility.measure(Q, K, V, [rng.standard_normal((200, 12)) for _ in range(4)], rng)
    assert head["residual"] == pytest.approx(1) and head["pseudo_inverse"] == pytest.approx(0, abs=0.02) and head["fitted"] < 0.05


def test_a_fit_finds_what_the_pseudo_inverse_cannot_where_tokens_are_alike():
    """V reads a direction that K does not; on these tokens the two go together, as words do."""
    rng = np.random.default_rng(2)
    Q, K, V = np.eye(2, 4), np.eye(2, 4), np.zeros((4, 4))
    V[0, 3] = 1
    tokens = [rng.standard_normal((80, 4)) for _ in range(4)]
    for t in tokens:
        t[:, 3] = t[:, 0] + 0.1 * t[:, 3]
    head = mobility.measure(Q, K, V, tokens, rng)
    assert head["residual"] == pytest.approx(1) and abs(head["pseudo_inverse"]) < 0.02 and head["fitted"] > 0.95


def test_shipped_table_covers_every_head_and_says_where_it_comes_from():
    table = mobility.shipped()
    about = table.pop("about")
    assert about["model"]["sha256"] == minilm.SHA256 and "real_mobility.json" in about["command"]
    assert all(column.shape == (6, 12) for column in table.values())
    assert (table["rank"] == 32).all()
    np.testing.assert_allclose(table["residual_random"].mean(), np.sqrt(1 - 32 / 385), atol=2e-3)  # a random subspace of 32 in 385


@with_weights
def test_mean_tokens_without_the_first_are_those_of_the_others_among_themselves(mini):
    """By the laws' attention on the tokens that are left."""
    text = "The river rose in spring."
    found, states = mobility.mean_tokens(mini, [text], first=False), mini.hidden_states(text).astype(np.float64)
    for layer in (0, 5):
        Q, K, _ = (a.astype(np.float64) for a in minilm.heads(mini.weights, layer, 12))
        tokens = minilm.with_constant(states[layer][1:])
        weights = attention_weights(tokens, Q, K, include_self=True, scale=minilm.scale(Q))
        np.testing.assert_allclose(found[layer], weights @ tokens, atol=2e-4)


@with_weights
def test_shipped_table_is_what_the_model_gives(mini):
    table = mobility.shipped()
    again = mobility.table(mini, senses.read_sentences(), layers=(0, 3), heads=(0, 7))
    assert set(again) == set(table) - {"about"}
    for name, values in again.items():
        np.testing.assert_allclose(values, table[name][np.ix_((0, 3), (0, 7))], atol=2e-3, err_msg=name)
