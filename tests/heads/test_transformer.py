"""The tiny transformer: its gradients against finite differences and torch, its parts against the book's own attention."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokendynamics import attention_weights
from tokendynamics.heads.transformer import EPS, continued, forward, initial, loss_and_gradients, n_layers, read_out, tasks


@st.composite
def models(draw, dtype=np.float64):
    """(parameters, words, targets, rng) of random size, every parameter generic: no zeros, no ones."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    heads, layers, n = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 5))
    counts = {"next": 5, "kind": draw(st.integers(2, 3))}
    p = initial(rng, words=5, places=n + draw(st.integers(0, 1)), d=heads * draw(st.integers(2, 3)), heads=heads, layers=layers,
                tasks=counts, mlp=draw(st.sampled_from([0, 7])), dtype=dtype)  # fmt: skip
    p = {name: (value + 0.3 * rng.standard_normal(value.shape)).astype(dtype) for name, value in p.items()}
    words = rng.integers(5, size=(draw(st.integers(1, 3)), n))
    targets = {task: rng.integers(-1, c, size=words.shape) for task, c in counts.items()}
    for target in targets.values():
        target[0, -1] = 1  # at least one place is asked
    return p, words, targets, rng


@settings(deadline=None, max_examples=25)
@given(models())
def test_gradients_are_the_slopes_of_the_loss(model):
    p, words, targets, rng = model
    weights = {"next": 0.7, "kind": 1.3}
    whole, _, gradients = loss_and_gradients(p, words, targets, weights=weights)
    assert gradients.keys() == p.keys()
    for name, gradient in gradients.items():
        assert gradient.shape == p[name].shape
        direction = rng.standard_normal(gradient.shape)
        direction /= np.linalg.norm(direction)

        def loss(step):  # written out again: for a slope no gradients are needed
            logits = forward(p | {name: p[name] + step * direction}, words).logits
            each = {
                task: np.log(np.exp(found).sum(-1)) - np.take_along_axis(found, targets[task][..., None], -1)[..., 0]
                for task, found in logits.items()
            }
            return sum(weights[task] * value[targets[task] >= 0].mean() for task, value in each.items())

        assert loss(0) == pytest.approx(whole, rel=1e-12)
        measured = (8 * (loss(1e-4) - loss(-1e-4)) - (loss(2e-4) - loss(-2e-4))) / 12e-4
        told = float((gradient * direction).sum())
        assert abs(measured - told) <= 1e-5 * max(1, np.linalg.norm(gradient)), name


@settings(deadline=None, max_examples=25)
@given(models())
def test_gradients_are_torchs(model):
    torch = pytest.importorskip("torch", reason="torch is not installed: finite differences alone hold the gradients")
    p, words, targets, _ = model
    t = {name: torch.tensor(value, requires_grad=True) for name, value in p.items()}
    functional, d = torch.nn.functional, p["words"].shape[1]
    n, H = words.shape[1], p["0.Q"].shape[0]
    x = t["words"][torch.tensor(words)] + t["places"][:n]
    for l in range(n_layers(p)):
        y = functional.layer_norm(x, (d,), t[f"{l}.gain"], t[f"{l}.shift"], EPS)
        q, k, v = (torch.einsum("bnd,hed->bhne", y, t[f"{l}.{m}"]) for m in "QKV")
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + seen.transpose(1, 2).reshape(len(words), n, H * v.shape[-1]) @ t[f"{l}.O"].T
        if f"{l}.up" in p:
            y = functional.layer_norm(x, (d,), t[f"{l}.mlp_gain"], t[f"{l}.mlp_shift"], EPS)
            x = x + torch.relu(y @ t[f"{l}.up"].T + t[f"{l}.up_shift"]) @ t[f"{l}.down"].T + t[f"{l}.down_shift"]
    x = functional.layer_norm(x, (d,), t["gain"], t["shift"], EPS)
    loss = sum(
        functional.cross_entropy((x @ t[f"read.{task}"].T + t[f"read.{task}.shift"]).flatten(0, 1),
                                 torch.tensor(target).flatten(), ignore_index=-1)
        for task, target in targets.items()
    )  # fmt: skip
    loss.backward()
    ours, _, gradients = loss_and_gradients(p, words, targets)
    assert abs(ours - loss.item()) <= 1e-9 * max(1, abs(ours))
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, t[name].grad.numpy(), atol=1e-9, err_msg=name)


@settings(deadline=None)
@given(models())
def test_its_attention_is_the_books_attention(model):
    p, words, _, _ = model
    run, H = forward(p, words), p["0.Q"].shape[0]
    x = run.stream[0]
    y = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + EPS) * p["0.gain"] + p["0.shift"]
    for h in range(H):
        weights = attention_weights(y, p["0.Q"][h], p["0.K"][h], include_self=True, causal=True, scale=p["0.Q"].shape[1] ** -0.5)
        np.testing.assert_allclose(run.attention[0][:, h], weights, atol=1e-12)
        np.testing.assert_allclose(run.segments[0][:, h], weights @ y @ p["0.V"][h].T, atol=1e-12)


@settings(deadline=None)
@given(models())
def test_a_read_out_says_of_the_last_states_what_the_model_says(model):
    p, words, _, _ = model
    run = forward(p, words)
    for task in tasks(p):
        np.testing.assert_allclose(read_out(p, task, run.stream[-1]), run.logits[task], atol=1e-12)
        np.testing.assert_allclose(read_out(p, task, run.stream[-1][0, 0]), run.logits[task][0, 0], atol=1e-12)


@settings(deadline=None)
@given(models())
def test_what_comes_later_changes_nothing_before(model):
    p, words, _, rng = model
    other = words.copy()
    other[:, -1] = (other[:, -1] + 1) % 5
    one, two = forward(p, words), forward(p, other)
    for task in tasks(p):
        np.testing.assert_allclose(one.logits[task][:, :-1], two.logits[task][:, :-1], atol=1e-12)
    np.testing.assert_allclose(forward(p, words[0]).final, one.final[0], atol=1e-12)  # leading axes broadcast


@settings(deadline=None)
@given(models())
def test_switches(model):
    p, words, _, rng = model
    run, (L, _, H, _, d_head) = forward(p, words), forward(p, words).segments.shape
    same = forward(p, words, keep=np.ones((L, H)), instead=rng.standard_normal((L, H, d_head)))
    np.testing.assert_allclose(same.final, run.final, atol=1e-12)
    off = forward(p, words, keep=np.zeros((L, H)))
    assert not off.segments.any()
    silent = p | {f"{l}.O": np.zeros_like(p[f"{l}.O"]) for l in range(L)}
    np.testing.assert_allclose(off.final, forward(silent, words).final, atol=1e-12)
    put = rng.standard_normal((L, H, d_head))
    assert (forward(p, words, keep=np.zeros((L, H)), instead=put).segments == put[:, None, :, None, :]).all()


@settings(deadline=None)
@given(models(dtype=np.float32))
def test_float32_stays(model):
    p, words, targets, _ = model
    run = forward(p, words)
    assert {run.attention.dtype, run.stream.dtype, run.final.dtype} == {np.dtype(np.float32)}
    assert {g.dtype for g in loss_and_gradients(p, words, targets)[2].values()} == {np.dtype(np.float32)}


def test_read_outs_alone():
    rng = np.random.default_rng(0)
    p = initial(rng, words=4, places=3, d=4, heads=2, layers=1, tasks={"kind": 2})
    words, targets = rng.integers(4, size=(2, 3)), {"kind": np.ones((2, 3), dtype=int)}
    assert loss_and_gradients(p, words, targets, through=False)[2].keys() == {"read.kind", "read.kind.shift"}


def test_what_is_written_is_the_likeliest_word_after_what_stands_there_one_by_one():
    endings = set()
    for seed in range(10):
        rng = np.random.default_rng(seed)
        p = initial(rng, words=6, places=5, d=4, heads=2, layers=1, tasks={"next": 6, "kind": 9})
        p = {name: value + rng.standard_normal(value.shape).astype(np.float32) for name, value in p.items()}
        by_hand = [3, 1]
        while len(by_hand) < 5:
            by_hand.append(int(np.argmax(forward(p, np.array(by_hand)).logits["next"][-1])))
        assert continued(p, np.array([3, 1]), 3).tolist() == by_hand
        endings.add(len(set(by_hand[2:])))
    assert max(endings) > 1, "the words differ, or the test could not tell which place is read"
    for words, count, task, holds in (([3, 1], 4, "next", "at most 5 together"), ([3], 1, "kind", "9 answers and there are 6 words")):
        with pytest.raises(ValueError, match=holds):
            continued(p, np.array(words), count, task=task)


SIZES = {"words": 4, "places": 3, "d": 4, "heads": 2, "layers": 1, "tasks": {"kind": 2}}


@pytest.mark.parametrize("change, holds", [
    ({"d": 5}, "d must be a multiple of heads, 2; got 5"),
    ({"heads": 0}, "heads must be a whole number of at least 1; got 0"),
    ({"layers": 1.5}, "layers must be a whole number of at least 1; got 1.5"),
    ({"mlp": -1}, "mlp must be a whole number of at least 0; got -1"),
    ({"tasks": {"kind": 0}}, "tasks['kind'] must be a whole number"),
])  # fmt: skip
def test_bad_sizes_are_said_in_words(change, holds):
    with pytest.raises(ValueError) as caught:
        initial(np.random.default_rng(0), **{**SIZES, **change})
    assert holds in str(caught.value)


@pytest.mark.parametrize("words, switches, holds", [
    ([[0, 4]], {}, "words must be numbers from 0 to 3; got 0 to 4"),
    ([[0, -1]], {}, "words must be numbers from 0 to 3; got -1 to 0"),
    ([[0.5]], {}, "words must be whole numbers of shape (…, n), n from 1 to 3; got float64"),
    ([[0, 1, 2, 3]], {}, "n from 1 to 3; got int64 of shape (1, 4)"),
    (2, {}, "got int64 of shape ()"),
    ([0], {"keep": [1, 1]}, "keep must be finite numbers of shape (1, 2); got shape (2,)"),
    ([0], {"keep": np.ones((1, 2)), "instead": np.full((1, 2, 2), np.nan)}, "instead must be finite; got 4 NaN in 4 entries of shape (1, 2, 2)"),
])  # fmt: skip
def test_bad_words_and_switches_are_said_in_words(words, switches, holds):
    with pytest.raises(ValueError) as caught:
        forward(initial(np.random.default_rng(0), **SIZES), words, **switches)
    assert holds in str(caught.value)
