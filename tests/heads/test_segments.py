"""Segments, read-outs, ablation and probes: identities, and cases whose answer is known beforehand."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokendynamics.heads import corpus, four_tasks
from tokendynamics.heads import segments as heads
from tokendynamics.heads.transformer import forward, initial, tasks

PART = corpus.split(0, train=300, test=200, pairs=10)


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 4), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_sum_over_heads_is_the_concatenation_times_W_O(H, n, d_head, d, seed):
    rng = np.random.default_rng(seed)
    segments, W_O = rng.standard_normal((2, H, n, d_head)), rng.standard_normal((d, H * d_head))
    together, each = heads.concatenated(segments, W_O), heads.contributions(segments, W_O)
    assert each.shape == (2, H, n, d)
    np.testing.assert_allclose(each.sum(axis=1), together, atol=1e-12)
    by_hand = [sum(W_O[:, h * d_head : (h + 1) * d_head] @ segments[1, h, i] for h in range(H)) for i in range(n)]
    np.testing.assert_allclose(together[1], by_hand, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 5]), st.integers(1, 2))
def test_a_turned_basis_changes_the_stream_and_nothing_that_the_model_does(seed, mlp, layers):
    rng = np.random.default_rng(seed)
    p = initial(rng, words=6, places=4, d=6, heads=2, layers=layers, tasks={"next": 6, "kind": 2}, mlp=mlp, dtype=np.float64)
    p = {name: value + 0.2 * rng.standard_normal(value.shape) for name, value in p.items()}
    words = rng.integers(6, size=(3, 4))
    other, R = heads.turned(p, rng)
    one, two = forward(p, words), forward(other, words)
    np.testing.assert_allclose(R @ R.T, np.eye(6), atol=1e-12)
    np.testing.assert_allclose(two.stream, one.stream @ R.T, atol=1e-9)
    for task in tasks(p):
        np.testing.assert_allclose(two.logits[task], one.logits[task], atol=1e-8)
    np.testing.assert_allclose(two.attention, one.attention, atol=1e-9)
    np.testing.assert_allclose(two.segments, one.segments, atol=1e-8)  # a segment is a thing, a coordinate of the stream is not
    assert np.abs(two.stream - one.stream).max() > 0.1


@pytest.mark.parametrize("blocks, same", [(2, True), (1, False)])
def test_a_segments_own_coordinates_are_a_choice_and_its_head_is_not(blocks, same):
    rng = np.random.default_rng(3)
    p = initial(rng, words=6, places=4, d=6, heads=2, layers=2, tasks={"kind": 2}, dtype=np.float64)
    p["read.kind"] = rng.standard_normal((2, 6))
    mix = rng.standard_normal((6, 6)) * np.kron(np.eye(blocks), np.ones((6 // blocks, 6 // blocks)))
    words = rng.integers(6, size=(3, 4))
    one, two = (forward(q, words).logits["kind"] for q in (p, heads.mixed(p, 1, mix)))
    assert (np.abs(one - two).max() < 1e-9) == same
    assert same or np.abs(one - two).max() > 0.01


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_other_read_outs_leave_every_trajectory_to_the_last_bit(seed):
    rng = np.random.default_rng(seed)
    p, words = four_tasks.load("frozen", 0), PART.test.words[:5]
    swapped = {
        name: rng.standard_normal(value.shape).astype(np.float32) if name.startswith("read.") else value for name, value in p.items()
    }
    one, two = forward(p, words), forward(swapped, words)
    assert (one.stream == two.stream).all() and (one.attention == two.attention).all()
    assert np.abs(one.logits["class"] - two.logits["class"]).max() > 0.1


def test_training_through_the_read_outs_moves_them():
    words = PART.test.words[:50]
    before, after = (forward(four_tasks.load(kind, 0), words).stream for kind in ("frozen", "fine"))
    far = [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(before, after)]
    assert 0 < far[0] < far[1] < far[2] and far[2] > 0.4


def test_block_norms_of_a_read_out_made_for_one_head():
    p = initial(np.random.default_rng(0), words=4, places=3, d=8, heads=4, layers=1, tasks={"kind": 2}, dtype=np.float64)
    p["0.O"] = np.eye(8)
    p["read.kind"][0, 4:6] = 1, -1  # head 2 of 4 writes to these two numbers alone
    np.testing.assert_allclose(heads.block_norms(p), [[[0, 0, 1, 0]]], atol=1e-12)


def test_ablation_of_a_head_that_does_nothing_and_of_one_that_does_all():
    """Head 1 is silenced by hand, so switching it off costs nothing; with the others silent too, head 0 is all there is."""
    p = four_tasks.load("joint", 0)
    for l in range(2):
        p[f"{l}.O"][:, 8:16] = 0
    lost = heads.ablation(p, PART.test)
    assert (lost[:, :, 1] == 0).all() and lost.shape == (4, 2, 4) and lost.max() > 0.1
    whole, alone = four_tasks.accuracy(p, PART.test), np.ones((2, 4))
    alone[0, 0] = 0
    without = four_tasks.accuracy(p, PART.test, keep=alone)
    np.testing.assert_allclose(lost[:, 0, 0], [whole[t] - without[t] for t in whole])


def test_direct_ablation_leaves_what_later_layers_make_of_a_segment():
    p = four_tasks.load("joint", 0)
    mean = heads.mean_segments(p, PART.train)
    whole, direct = heads.ablation(p, PART.test, mean), heads.direct_ablation(p, PART.test, mean)
    np.testing.assert_allclose(direct[:, 1], whole[:, 1], atol=2e-3, err_msg="behind layer 2 comes nothing")
    assert np.abs(direct[:, 0] - whole[:, 0]).max() > 0.03
    each = heads.direct_ablation(p, PART.test, np.stack([mean, 0 * mean, mean, mean]))
    zero = heads.direct_ablation(p, PART.test, 0 * mean)
    assert (each[1] == zero[1]).all() and (each[2:] == direct[2:]).all()
    p["1.O"][:] = 0
    silent = heads.ablation(p, PART.test, mean)
    np.testing.assert_allclose(heads.direct_ablation(p, PART.test, mean), silent, atol=2e-3, err_msg="nothing is made of it")


def test_mean_segments_leave_the_padding_out():
    p, real = {name: value.astype(float) for name, value in four_tasks.load("joint", 0).items()}, []
    for words, length in zip(PART.test.words, PART.test.lengths):
        real.append(forward(p, words[:length]).segments)
    np.testing.assert_allclose(heads.mean_segments(p, PART.test), np.concatenate(real, axis=2).mean(axis=2), atol=1e-12)


def test_probes_find_what_is_there_and_nothing_where_nothing_is():
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=4000)
    clear, noise = np.eye(5)[labels] + 0.1 * rng.standard_normal((4000, 5)), rng.standard_normal((4000, 5))
    assert heads.probe(clear[:2000], labels[:2000], clear[2000:], labels[2000:]) == 1
    assert abs(heads.probe(noise[:2000], labels[:2000], noise[2000:], labels[2000:]) - 1 / 3) < 0.04
    with pytest.raises(ValueError, match="labels must be one for each row"):
        heads.probe(clear, labels[:5], clear, labels)


def test_segment_probes_are_the_probes_of_the_segments():
    p = four_tasks.load("joint", 0)
    found, run, new = heads.segment_probes(p, PART.train, PART.test), forward(p, PART.train.words), forward(p, PART.test.words)
    ends, new_ends = (np.arange(len(part.words)) for part in (PART.train, PART.test))
    fit, score = run.segments[1, ends, 2, PART.train.lengths - 1], new.segments[1, new_ends, 2, PART.test.lengths - 1]
    kind, new_kind = (part.targets["class"].max(axis=1) for part in (PART.train, PART.test))
    assert found[2, 1, 2] == heads.probe(fit, kind, score, new_kind)


def test_a_bag_of_words_counts_without_order():
    bag, size = heads.bag_of_words(PART.test, len(corpus.VOCABULARY)), len(corpus.VOCABULARY)
    words = PART.test.words[0, :4]
    assert bag[0, 3, words[3]] == 1 and bag[0, 3, :size].sum() == 1
    assert (bag[0, 3, size:] == np.bincount(words, minlength=size)).all()


def test_renamed_heads_are_found_again():
    rng = np.random.default_rng(1)
    one = rng.standard_normal((4, 2, 4))
    other = np.stack([one[:, 0, [2, 0, 3, 1]], one[:, 1, [1, 0, 2, 3]]], axis=1)
    plain, best = heads.aligned(one, other)
    assert plain < 0.9 and best == pytest.approx(1)
    noise = rng.standard_normal((4, 2, 4))
    orders = product(permutations(range(4)), repeat=2)
    every = [
        np.corrcoef(one.ravel(), np.stack([noise[:, 0, first], noise[:, 1, second]], axis=1).ravel())[0, 1] for first, second in orders
    ]
    assert heads.aligned(one, noise)[1] == pytest.approx(max(every)) and max(every) < 0.9


@pytest.mark.parametrize("segments, W_O, holds", [
    (np.ones((2, 3, 4)), np.ones((5, 7)), r"W_O must have shape \(d, 8\), as there are 2 segments of 4; got shape \(5, 7\)"),
    (np.ones((3, 4)), np.ones((5, 8)), r"segments must have shape \(…, H, n, d_head\)"),
    (np.full((2, 3, 4), np.nan), np.ones((5, 8)), "segments must be finite"),
])  # fmt: skip
def test_bad_segments_are_said_in_words(segments, W_O, holds):
    for function in (heads.concatenated, heads.contributions):
        with pytest.raises(ValueError, match=holds):
            function(segments, W_O)
