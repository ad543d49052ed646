"""Layers as steps in time: what one step is, what the norms hold, and how fast both methods converge."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import attend_by_hand, problems

import tokendynamics as td
from tokendynamics.stack import normalised

NORMS = (None, "sphere", "layernorm")


@given(problems(batched=True), st.integers(0, 4))
def test_euler_without_a_norm_is_update_repeated(p, count):
    layers = [(p.rng.standard_normal(p.Q.shape), p.K, p.V) for _ in range(count)]
    states = td.trajectories(p.tokens, layers, step=0.3, **p.options)
    lead = np.broadcast_shapes(*(a.shape[:-2] for a in p.qkv)) if count else p.tokens.shape[:-2]
    assert states.shape == (count + 1, *lead, *p.tokens.shape[-2:])
    state = p.tokens
    for number, layer in enumerate(layers):
        np.testing.assert_array_equal(states[number], np.broadcast_to(state, states[number].shape))
        state = td.update(state, *layer, step=0.3, **p.options)
    np.testing.assert_array_equal(states[-1], state)


@given(problems(), st.sampled_from(["euler", "rk4"]), st.sampled_from(NORMS), st.integers(1, 3))
def test_heads_are_summed(p, method, norm, count):
    """Heads that share Q and K add their V; and the order of heads does not matter."""
    d = p.tokens.shape[-1]
    Vs = p.rng.standard_normal((count, d, d)) / 3
    options = {"method": method, "norm": norm, "step": 0.2, **p.options}
    together = td.trajectories(p.tokens, [(p.Q, p.K, Vs.sum(axis=0))], **options)
    apart = td.trajectories(p.tokens, [[(p.Q, p.K, V) for V in Vs]], **options)
    np.testing.assert_allclose(apart, together, rtol=1e-10, atol=1e-10)
    other = (p.K, p.Q, p.V)
    one_way = td.trajectories(p.tokens, [[(p.Q, p.K, p.V), other]], **options)
    np.testing.assert_allclose(td.trajectories(p.tokens, [[other, (p.Q, p.K, p.V)]], **options), one_way, atol=1e-10)
    if method == "euler" and norm is None:
        moved = sum(td.content(p.tokens, *head, **p.options) for head in ((p.Q, p.K, p.V), other))
        np.testing.assert_allclose(one_way[1], p.tokens + 0.2 * moved, rtol=1e-11, atol=1e-12)


def test_a_triple_of_lists_and_a_list_of_three_heads_are_told_apart():
    eye = np.eye(2)
    tokens = np.array([[1.0, 0.0], [0.0, 1.0]])
    triple = td.trajectories(tokens, [[eye.tolist()] * 3])
    heads = td.trajectories(tokens, [[(eye.tolist(),) * 3] * 3])
    np.testing.assert_allclose(heads[1] - tokens, 3 * (triple[1] - tokens))
    np.testing.assert_array_equal(triple, td.trajectories(tokens, [(eye, eye, eye)]))
    np.testing.assert_array_equal(heads, td.trajectories(tokens, [[(eye, eye, eye)] * 3]))


@given(problems(batched=True), st.sampled_from(["euler", "rk4"]))
def test_normalised_tokens_have_length_or_variance_one(p, method):
    for norm in ("sphere", "layernorm"):
        states = td.trajectories(p.tokens, [(p.Q, p.K, p.V)] * 2, method=method, norm=norm, **p.options)
        np.testing.assert_array_equal(states[0], np.broadcast_to(p.tokens, states[0].shape))  # kept as given
        if norm == "sphere":
            np.testing.assert_allclose(np.linalg.norm(states[1:], axis=-1), 1, rtol=1e-13)
        elif p.tokens.shape[-1] == 1:
            assert (states[1:] == 0).all()  # one number minus its mean
        else:
            np.testing.assert_allclose(states[1:].mean(axis=-1), 0, atol=1e-13)
            np.testing.assert_allclose(states[1:].var(axis=-1), 1, rtol=1e-12)


@pytest.mark.parametrize("dtype, large", [(np.float64, 1e200), (np.float32, 1e30)])
def test_a_norm_keeps_the_direction_of_tokens_of_any_size(dtype, large):
    for size in (large, 1 / large):
        tokens = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 0.0]], dtype=dtype) * dtype(size)
        on_sphere = normalised(tokens, "sphere")
        assert on_sphere.dtype == dtype
        np.testing.assert_allclose(on_sphere, [[0.6, 0.8, 0], [0, 0, 0]], rtol=1e-6)
        centred = np.array([3, 4, 0]) - 7 / 3
        expected = [centred / centred.std(), np.zeros(3)]
        np.testing.assert_allclose(normalised(tokens, "layernorm"), expected, rtol=1e-5)


@pytest.mark.parametrize("entry", [0.1, 1.1, -7.3, 1e-9])
def test_layernorm_finds_no_direction_in_a_constant_token(entry):
    """Centring 0.1, 0.1, 0.1 leaves 10⁻¹⁷, which is rounding and must not be scaled up to a direction."""
    for d in range(1, 20):
        assert (normalised(np.full((1, d), entry), "layernorm") == 0).all()
        assert (normalised(np.full((1, d), entry, dtype=np.float32), "layernorm") == 0).all()
    nearly = entry * np.array([[1, 1, 1 + 2e-16, 1, 1]])  # a layer may leave the same
    assert (normalised(nearly, "layernorm") == 0).all()


# Convergence: one flow for time 1 cut into L layers of step 1/L, against an integrator that shares no code.

FLOWS = [
    {"include_self": False, "causal": False, "scale": 1.0},
    {"include_self": True, "causal": False, "scale": 0.5},
    {"include_self": False, "causal": True, "scale": 2.0},
]


@pytest.mark.parametrize("options", FLOWS, ids=["plain", "self", "causal"])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("method, order, tolerance, counts", [
    ("euler", 1, 0.1, (64, 128, 256, 512)),
    ("rk4", 4, 0.2, (16, 32, 64, 128)),
])  # fmt: skip
def test_measured_orders(method, order, tolerance, counts, norm, options):
    rng = np.random.default_rng(5)
    n, d = 5, 4
    heads = [tuple(rng.standard_normal((3, d, d)) / np.sqrt(d)) for _ in range(2)]
    tokens = 1.5 * rng.standard_normal((n, d))
    if norm is not None and method == "euler":
        tokens = surface(tokens, norm)  # else the first step is another one, see the next test
    exact = flow(surface(tokens, norm), heads, norm, options)
    errors = []
    for count in counts:
        states = td.trajectories(tokens, [heads] * count, step=1 / count, method=method, norm=norm, **options)
        errors.append(np.abs(states[-1] - exact).max())
    slope = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert errors[-1] > 1e-12, "the errors near those of the integrator: nothing is measured"
    assert slope == pytest.approx(order, abs=tolerance), errors


@pytest.mark.parametrize("norm", ["sphere", "layernorm"])
def test_euler_reaches_the_same_flow_from_tokens_off_the_surface(norm):
    rng = np.random.default_rng(6)
    heads = [tuple(rng.standard_normal((3, 4, 4)) / 2)]
    tokens = 1.5 * rng.standard_normal((5, 4))
    exact = flow(surface(tokens, norm), heads, norm, FLOWS[0])
    counts = (128, 256, 512, 1024)
    ends = [td.trajectories(tokens, [heads] * c, step=1 / c, norm=norm)[-1] for c in counts]
    slope = -np.polyfit(np.log(counts), np.log([np.abs(e - exact).max() for e in ends]), 1)[0]
    assert slope == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("norm", NORMS)
def test_rk4_takes_one_step_as_written(norm):
    """Not only the order: for a linear flow (Q = 0, so attention is even) one step is the Taylor series to h⁴."""
    rng = np.random.default_rng(7)
    tokens, V, zero = rng.standard_normal((4, 3)), rng.standard_normal((3, 3)), np.zeros((1, 3))
    h = 0.3
    ours = td.trajectories(tokens, [(zero, zero, V)], step=h, method="rk4", norm=norm)[1]
    if norm is None:
        even = (np.ones((4, 4)) - np.eye(4)) / 3
        term, series = tokens, tokens.copy()
        for power in range(1, 5):
            term = h / power * even @ term @ V.T
            series = series + term
        np.testing.assert_allclose(ours, series, rtol=1e-12, atol=1e-12)
    else:
        state = surface(tokens, norm)
        slopes = []
        for part in (0, h / 2, h / 2, h):  # each slope is taken on the surface
            there = surface(state + part * slopes[-1], norm) if slopes else state
            slopes.append(velocity(there, [(zero, zero, V)], norm, {}))
        state = surface(state + h * np.tensordot([1 / 6, 1 / 3, 1 / 3, 1 / 6], slopes, axes=1), norm)
        np.testing.assert_allclose(ours, state, rtol=1e-12, atol=1e-12)


def surface(tokens, norm):
    """The nearest tokens of length 1; or, centred, of length √d."""
    if norm is None:
        return tokens
    t = tokens - (norm == "layernorm") * tokens.mean(axis=-1, keepdims=True)
    lengths = np.sqrt((t**2).sum(axis=-1, keepdims=True))
    return t / lengths * (np.sqrt(t.shape[-1]) if norm == "layernorm" else 1)


def velocity(t, heads, norm, options):
    """Σ V T a over the heads, by hand, and of it the part along the surface."""
    v = sum(attend_by_hand(t, Q, K, **options)[0] @ t @ V.T for Q, K, V in heads)
    if norm is None:
        return v
    if norm == "layernorm":
        v = v - v.mean(axis=-1, keepdims=True)
    return v - t * (v * t).sum(axis=-1, keepdims=True) / (t * t).sum(axis=-1, keepdims=True)


def flow(tokens, heads, norm, options, pieces=12):
    """The state after time 1, by Gragg's midpoint rule with Bulirsch and Stoer's extrapolation: good to 1e-13 here."""

    def rate(t):
        return velocity(t, heads, norm, options)

    def midpoint(t, time, count):
        h = time / count
        before, now = t, t + h * rate(t)
        for _ in range(count - 1):
            before, now = now, before + 2 * h * rate(now)
        return (before + now + h * rate(now)) / 2

    counts = (2, 4, 6, 8, 10, 12)
    for _ in range(pieces):
        table = []
        for row, count in enumerate(counts):
            new = [midpoint(tokens, 1 / pieces, count)]
            for column in range(row):
                ratio = (count / counts[row - column - 1]) ** 2
                new.append(new[column] + (new[column] - table[column]) / (ratio - 1))
            table = new
        tokens = table[-1]
    return tokens


def test_on_a_circle_at_beta_0_attention_is_kuramotos_model():
    """dθᵢ/ds = Σₖ sin(θₖ − θᵢ)/n, solved in the angles by steps of its own."""
    theta = np.random.default_rng(0).uniform(0, 2 * np.pi, 9)
    start, eye, h = np.stack([np.cos(theta), np.sin(theta)], axis=1), np.eye(2), 0.02

    def rate(x):
        return np.sin(x[None, :] - x[:, None]).mean(axis=1)

    for _ in range(100):
        k1 = rate(theta)
        k2 = rate(theta + h / 2 * k1)
        k3 = rate(theta + h / 2 * k2)
        theta = theta + h / 6 * (k1 + 2 * k2 + 2 * k3 + rate(theta + h * k3))
    run = td.trajectories(start, [(eye, eye, eye)] * 100, step=h, method="rk4", norm="sphere", include_self=True, scale=0.0)
    np.testing.assert_allclose(run[-1], np.stack([np.cos(theta), np.sin(theta)], axis=1), atol=1e-8)
    assert np.abs(run[-1] - run[0]).max() > 0.5


@given(problems(n_min=2), st.floats(0.3, 30.0))
def test_a_pre_norm_layer_turns_a_token_by_what_the_sphere_would_divided_by_its_length(p, length):
    u, eps = normalised(p.tokens, "sphere"), 1e-6
    given_ = td.content(u, *p.qkv[1:], **p.options)
    turned = (normalised(length * u + eps * given_, "sphere") - u) / eps
    sphere = given_ - (given_ * u).sum(axis=-1, keepdims=True) * u
    np.testing.assert_allclose(turned, sphere / length, atol=1e-4 * max(1, np.abs(given_).max() / length) ** 2)


@pytest.mark.parametrize("beta", [0.5, 2.0])
def test_dividing_by_Z_keeps_the_rests_of_a_circle_and_how_many_ways_lead_out(beta):
    """Tokens at both ends of a diameter rest, with unequal Z. The flow of E and that of attention grow along as many directions."""
    rest = np.array([0, np.pi, np.pi, 0, np.pi])
    eye = np.eye(2)

    def rates(theta, weighted):
        t = np.stack([np.cos(theta), np.sin(theta)], axis=1)
        out = np.stack([-np.sin(theta), np.cos(theta)], axis=1)
        rate = (td.content(t, eye, eye, eye, include_self=True, scale=beta) * out).sum(axis=1)
        return rate * np.exp(td.potential(t, eye, eye, include_self=True, scale=beta)) if weighted else rate

    growing = []
    for weighted in (True, False):
        assert np.abs(rates(rest, weighted)).max() < 1e-12
        J = np.stack([(rates(rest + e, weighted) - rates(rest - e, weighted)) / 2e-5 for e in 1e-5 * np.eye(5)], axis=1)
        growing.append((np.linalg.eigvals(J).real > 1e-6).sum())
    assert growing[0] == growing[1] > 0
