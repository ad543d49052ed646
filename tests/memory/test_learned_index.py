"""The head that learns to look up: its gradients by finite differences, and that it is a head of the package."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tokendynamics as td
from tokendynamics.memory import learned_index

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 4)


def problem(d_key, d_content, d_head, n, batch, seed, wanted="content"):
    rng = np.random.default_rng(seed)
    d = d_key + d_content
    R = np.linalg.qr(rng.standard_normal((d_key, d_key)))[0]
    return (
        [rng.standard_normal(s) for s in ((d_head, d), (d_head, d), (d, d))],
        learned_index.sequences(rng, R, batch=batch, n=n, d_content=d_content, wanted=wanted),
        R,
        rng,
    )


@given(SIZES, SIZES, SIZES, st.integers(1, 5), st.integers(1, 3), SEEDS)
def test_gradients_are_the_slopes_of_the_loss(d_key, d_content, d_head, n, batch, seed):
    parameters, sequences, _, rng = problem(d_key, d_content, d_head, n, batch, seed)
    gradients = learned_index.loss_and_gradients(*parameters, sequences)[1]
    for i in range(3):
        direction, h = rng.standard_normal(parameters[i].shape), 1e-5
        ahead, behind = ([p + s * h * direction if j == i else p for j, p in enumerate(parameters)] for s in (1, -1))
        slope = (learned_index.loss_and_gradients(*ahead, sequences)[0] - learned_index.loss_and_gradients(*behind, sequences)[0]) / (2 * h)
        size = np.abs(gradients[i]).max() + learned_index.loss_and_gradients(*parameters, sequences)[0]
        assert (gradients[i] * direction).sum() == pytest.approx(slope, rel=1e-6, abs=1e-6 * (1 + size))


@given(SIZES, SIZES, SIZES, st.integers(1, 5), SEEDS)
def test_the_answer_is_the_content_of_equation_14(d_key, d_content, d_head, n, seed):
    (Q, K, V), sequences, _, _ = problem(d_key, d_content, d_head, n, 3, seed)
    said, weights = learned_index.answer(Q, K, V, sequences)
    tokens = np.concatenate([sequences.pairs, sequences.questions[:, None]], axis=1)
    np.testing.assert_allclose(said, td.content(tokens, Q, K, V)[:, -1], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(weights, td.attention_weights(tokens, Q, K)[:, -1, :-1], rtol=1e-9, atol=1e-12)
    loss = learned_index.loss_and_gradients(Q, K, V, sequences)[0]
    assert loss == pytest.approx(0.5 * np.mean([(s - a) @ (s - a) for s, a in zip(said, sequences.answers)]), rel=1e-10)


@given(st.integers(2, 4), SIZES, st.integers(1, 5), st.sampled_from(["content", "key"]), SEEDS)
def test_sequences_are_what_they_say(d_key, d_content, n, wanted, seed):
    d_content = min(d_key, d_content)
    _, batch, R, _ = problem(d_key, d_content, 2, n, 4, seed, wanted)
    for b in range(4):
        key, content = np.split(batch.pairs[b, batch.asked[b]], [d_key])
        np.testing.assert_allclose(batch.questions[b], np.concatenate([R @ key, np.zeros(d_content)]), atol=1e-12)
        wanted_here = content if wanted == "content" else key[:d_content]
        assert batch.answers[b].tolist() == [0] * d_key + wanted_here.tolist()
        assert batch.contents[b, batch.asked[b]].tolist() == wanted_here.tolist()


def test_the_head_that_knows_the_answer_recalls():
    """QᵀK = β R on the keys and V = the copy of the contents: what training should find; and a head that looks for other keys."""
    _, batch, R, _ = problem(6, 3, 6, 8, 500, 0)
    Q, K = np.concatenate([R.T, np.zeros((6, 3))], axis=1), np.eye(6, 9)
    V = np.diag([0.0] * 6 + [1.0] * 3)
    assert learned_index.recalled(100 * Q, K, V, batch) > 0.97
    assert learned_index.recalled(-100 * Q, K, V, batch) < 0.1
    assert learned_index.recalled(0 * Q, K, V, batch) < 0.3


@pytest.mark.parametrize("wanted, low, high", [("content", 0.98, 1), ("key", 0, 0.15)])
def test_training_finds_the_index_and_equation_13_depends_on_where_the_content_is(wanted, low, high):
    run = learned_index.train(d_head=8, wanted=wanted, seed=3)
    assert run.recall[0] < 0.3 and run.recall[-1] > 0.9 and run.loss[-1] < run.loss[0] / 5
    found = (run.Q[-1].T @ run.K[-1])[:8, :8]
    assert (found * run.rotation).sum() / np.linalg.norm(found) / np.linalg.norm(run.rotation) > 0.98
    assert 0.4 < td.knowledge_residual(run.Q[0], run.K[0], run.V[0]) < 0.8
    assert low <= td.knowledge_residual(run.Q[-1], run.K[-1], run.V[-1]) <= high


def test_with_d_rows_equation_13_holds_at_every_step_learned_or_not():
    run = learned_index.train(steps=300, seed=1)
    assert td.knowledge_residual(run.Q, run.K, run.V).max() < 1e-9
    assert run.steps.tolist() == list(range(0, 301, 25)) and run.recall[-1] > 0.8


@pytest.mark.parametrize("wanted, low, high", [("content", 0, 0.01), ("key", 0.99, 1)])
def test_V_leaves_the_entries_where_the_index_was_learned(wanted, low, high):
    """With d rows: the eight entries under the learned index lose V if the key does not say the answer, and get all of it if it does.

    Of M they hold little either way, and before training too: an entry of M is divided by its σ.
    """
    run = learned_index.train(seed=2, wanted=wanted, every=1000)
    first, last = (td.entries(run.Q[i], run.K[i], run.V[i]) for i in (0, -1))
    assert run.recall[-1] > 0.99 and last.sigma[7] > 5 * last.sigma[8]
    of_V, of_M = (
        [(part[:8] ** 2).sum() / (part**2).sum() for part in parts] for parts in zip(*((t.contents, t.answers) for t in (first, last)))
    )
    assert of_V[0] > 0.5 and low <= of_V[1] <= high and max(of_M) < 0.01


def test_a_seed_fixes_everything_and_another_changes_it():
    a, b, c = (learned_index.train(steps=20, every=10, seed=s) for s in (5, 5, 6))
    assert all((x == y).all() for x, y in zip(a, b))
    assert (a.Q != c.Q).any() and (a.rotation != c.rotation).any()


@pytest.mark.parametrize(
    "options, said",
    [
        ({"d_head": 0}, "d_head must be a whole number of at least 1; got 0"),
        ({"steps": 1.5}, "steps must be a whole number"),
        ({"rate": -1}, "rate must be .* at least 0"),
        ({"wanted": "all"}, "wanted must be one of 'content', 'key'; got 'all'"),
        ({"wanted": "key", "d_key": 2}, "d_content must be at most d_key = 2 where the key is wanted; got 4"),
    ],
)
def test_bad_input_is_told_in_words(options, said):
    with pytest.raises(ValueError, match=said):
        learned_index.train(**options)
