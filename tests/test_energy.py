"""What climbs and what turns: energies, the Jacobian of one token's field, and clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import attend_by_hand, invertible, problems, richardson

import tokendynamics as td
from tokendynamics import energy
from tokendynamics.geometry import clusters

PLAIN = {"include_self": False, "causal": False, "scale": 1.0}


@given(problems())
def test_energies_are_those_by_hand(p):
    _, phi = attend_by_hand(*p.qk, **p.options)
    heard = phi[np.isfinite(phi)]
    assert energy.summed_potential(*p.qk, **p.options) == pytest.approx(heard.sum(), rel=1e-10, abs=1e-10)
    with np.errstate(divide="ignore"):
        expected = np.log(np.exp(heard).sum() / 2)
    assert energy.log_energy(*p.qk, **p.options) == pytest.approx(expected, rel=1e-10, abs=1e-10)


@given(problems(batched=True))
def test_energies_of_batches(p):
    whole = np.broadcast_shapes(*(a.shape[:-2] for a in p.qk))
    assert energy.log_energy(*p.qk, **p.options).shape == energy.summed_potential(*p.qk, **p.options).shape == whole


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept(dtype):
    t, eye = np.ones((4, 3), dtype), np.eye(3, dtype=dtype)
    assert energy.log_energy(t, eye, eye).dtype == energy.summed_potential(t, eye, eye).dtype == dtype
    assert energy.motion_jacobian_at(t, t, eye, eye, eye).dtype == energy.log_energy_rate(t, eye, eye, eye).dtype == dtype
    assert energy.climbing_matrix(eye, eye, eye).dtype == energy.lone_path(t, t, eye, eye, eye, steps=1).dtype == dtype


@given(problems(n_min=2, n_max=6, options=PLAIN), st.booleans())
def test_slope_of_E_is_Z_times_the_force_for_a_symmetric_index(p, include_self):
    S = p.Q.T @ p.Q - p.K.T @ p.K  # symmetric, in general indefinite
    eye = np.eye(len(S))
    options = PLAIN | {"include_self": include_self}
    phi = td.potential(p.tokens, eye, S, **options)
    force = td.force(p.tokens, eye, S, **options)
    size = np.logaddexp.reduce(phi) - np.log(2)

    def height(flat):
        return energy.log_energy(flat.reshape(p.tokens.shape), eye, S, **options)

    slope = richardson(height, p.tokens.ravel(), 1e-3).reshape(p.tokens.shape)
    np.testing.assert_allclose(slope, np.exp(phi - size)[:, None] * force, atol=1e-6 * max(1, np.abs(force).max() ** 3))


@given(problems(n_min=2, options=PLAIN), st.booleans())
def test_E_rises_if_the_index_is_symmetric_and_M_has_a_positive_symmetric_part(p, turning):
    d = p.tokens.shape[1]
    S = p.Q.T @ p.Q - p.K.T @ p.K
    A = p.rng.standard_normal((d, d))
    M = A @ A.T / d + 0.1 * np.eye(d) + (3 * (A - A.T) if turning else 0)
    moved = td.content(p.tokens, np.eye(d), S, M @ S)
    if np.abs(moved).max() < 1e-6:
        return
    step = 1e-6 / np.abs(moved).max()
    before = energy.log_energy(p.tokens, np.eye(d), S)
    after = energy.log_energy(p.tokens + step * moved, np.eye(d), S)
    assert after >= before - 1e-13 * max(1, abs(before))


@given(problems(n_min=2, n_max=6))
def test_rate_of_E_by_finite_differences(p):
    """Any index, mask and β: ln E along the straight line on which the tokens set off."""
    moved = td.content(*p.qkv, **p.options)
    slope = richardson(lambda s: energy.log_energy(p.tokens + s[0] * moved, p.Q, p.K, **p.options), np.zeros(1), 1e-3)[0]
    rate = energy.log_energy_rate(*p.qkv, **p.options)
    assert rate == pytest.approx(slope, rel=1e-6, abs=1e-7 * max(1, p.pull_size * np.abs(moved).max()) ** 2)


@given(problems(n_min=2, n_max=6), st.booleans())
def test_a_turning_M_keeps_E_and_no_other_kind_does(p, include_self):
    """QᵀK symmetric and M antisymmetric: no rate, at any β. The same turn behind an index that is not symmetric has one."""
    d, scale = p.tokens.shape[1], p.options["scale"]
    S, A = p.Q.T @ p.Q - p.K.T @ p.K, p.rng.standard_normal((d, d))
    turn, eye, options = A - A.T, np.eye(d), {"include_self": include_self, "scale": scale}
    size = np.abs(td.force(p.tokens, eye, S, **options)).max() ** 2 * np.abs(turn).max() * d**2
    assert abs(energy.log_energy_rate(p.tokens, eye, S, turn @ S, **options)) <= 1e-12 * size + 1e-300
    if d > 1 and size > 1e-3:
        mixed = S + (A + A.T + turn) / 4
        assert abs(energy.log_energy_rate(p.tokens, eye, mixed, turn @ mixed, **options)) > 1e-9 * size
        assert abs(energy.log_energy_rate(p.tokens, eye, S, (turn + eye) @ S, **options)) > 1e-9 * size


@given(problems(n_min=2, n_max=8))
def test_climbing_needs_no_inverse(p):
    """Heads of any width: the rate of each token is mᵀ C m, m the weighted mean of what it sees."""
    C, mean = energy.climbing_matrix(p.Q, p.K, p.V), td.attention_weights(*p.qk, **p.options) @ p.tokens
    rate = (td.force(*p.qk, **p.options) * td.content(*p.qkv, **p.options)).sum(axis=-1)
    np.testing.assert_allclose(p.options["scale"] * ((mean @ C) * mean).sum(axis=-1), rate, atol=1e-11 * max(1, np.abs(rate).max()))
    d = p.tokens.shape[1]
    Q, K = invertible(p.rng, d, d)
    M = td.knowledge(Q, K, p.V)
    signs = [np.sort(np.sign(np.linalg.eigvalsh(part))) for part in (energy.climbing_matrix(Q, K, p.V), (M + M.T) / 2)]
    np.testing.assert_array_equal(*signs)  # Sylvester's law of inertia


@settings(max_examples=20)
@given(problems(n_min=3, n_max=8))
def test_a_lone_path_is_the_layer_repeated_and_a_turn_runs_along_a_contour(p):
    d, scale = p.tokens.shape[1], p.options["scale"]
    x = p.rng.standard_normal((2, d))
    ends = [energy.lone_path(x, p.tokens, p.Q, p.K, p.V, dt=0.4 / n, steps=n, scale=scale)[-1] for n in (4, 8)]
    fine = x
    for _ in range(400):  # each query alone, by the layer's own update
        fine = np.stack([td.update(np.vstack([y, p.tokens]), p.Q, p.K, p.V, step=1e-3, scale=scale)[0] for y in fine])
    assert np.abs(ends[1] - fine).max() <= 2e-3 * max(1, p.pull_size) * max(1, np.abs(fine - x).max())
    assert np.abs(ends[1] - ends[0]).max() <= 1e-3 * max(1, p.pull_size) ** 4 * max(1, np.abs(fine - x).max())
    Q, K = invertible(p.rng, d, d)
    A = p.rng.standard_normal((d, d))
    path = energy.lone_path(x, p.tokens, Q, K, (A - A.T) @ Q.T @ K, dt=1e-3, steps=100)
    heights = td.potential_at(path, p.tokens, Q, K)
    assert np.ptp(heights, axis=0).max() < 1e-8


def test_small_rounds_take_the_time_that_the_hessian_says():
    """Near a rest of φ a quarter turn is a linear flow, dx/ds = J H x, with eigenvalues ±i √det H: one round takes 2π/√det H."""
    keys, eye, turn = np.array([[-1.2, -0.6], [1.4, 0.7], [-0.2, 1.6], [0.9, -1.3]]), np.eye(2), np.array([[0.0, -1.0], [1.0, 0.0]])
    rest = np.zeros(2)
    for _ in range(50):  # Newton
        H = energy.motion_jacobian_at(rest[None], keys, eye, eye, eye)[0]
        rest = rest - np.linalg.solve(H, td.potential_gradient_at(rest[None], keys, eye, eye)[0])
    period, steps = 2 * np.pi / np.sqrt(np.linalg.det(H)), 400
    path = energy.lone_path((rest + [1e-3, 0])[None], keys, eye, eye, turn, dt=period / steps, steps=steps)[:, 0]
    assert np.linalg.norm(path[-1] - path[0]) < 1e-6 and np.linalg.norm(path[steps // 2] - path[0]) > 1.5e-3


@given(problems(n_min=2, n_max=8), st.sampled_from([0.25, 1.0, 3.0]))
def test_the_free_energy_is_energy_less_entropy_and_its_slope_has_no_beta(p, beta):
    """F = −φ/β: Σ a ε − S/β with ε = −scores, and −∇F = QᵀK T a, whatever β is."""
    options = {"include_self": True, "scale": beta}
    a, scores = td.attention_weights(*p.qk, **options), (p.tokens @ p.Q.T) @ (p.tokens @ p.K.T).T
    entropy = -(a * np.log(np.where(a > 0, a, 1))).sum(axis=-1)
    np.testing.assert_allclose(
        td.potential(*p.qk, **options) / beta, (a * scores).sum(axis=-1) + entropy / beta, atol=1e-10 * max(1, p.pull_size**2)
    )
    x = p.rng.standard_normal(p.tokens.shape[1])
    slope = richardson(lambda y: td.potential_at(y[None], p.tokens, p.Q, p.K, scale=beta)[0] / beta, x, 1e-3)
    shares = np.exp(beta * ((p.tokens @ p.K.T) @ (p.Q @ x)))
    np.testing.assert_allclose(slope, shares / shares.sum() @ p.tokens @ p.K.T @ p.Q, atol=1e-6 * max(1, p.pull_size) ** 3)


@settings(max_examples=10)
@given(problems(n_min=3, n_max=5), st.sampled_from([1, -1]))
def test_with_weights_that_sum_to_1_both_ways_the_motion_is_a_slope(p, sign):
    """The height is max Σ P t·St + entropy of P over doubly stochastic P (Sander et al. 2022): its slope is 2 P T S."""
    t, S = p.tokens[:, :2] / 2, np.eye(min(2, p.tokens.shape[1]))

    def weights(t):
        P = np.exp(t @ S @ t.T)
        for _ in range(500):
            P = P / P.sum(axis=1, keepdims=True)
            P = P / P.sum(axis=0, keepdims=True)
        return P

    def height(flat):
        t_ = flat.reshape(t.shape)
        P = weights(t_)
        return sign * ((P * (t_ @ S @ t_.T)).sum() - (P * np.log(P)).sum())

    np.testing.assert_allclose(richardson(height, t.ravel(), 1e-3).reshape(t.shape), sign * 2 * weights(t) @ t @ S, atol=1e-6)


@given(problems(n_min=3, n_max=8), st.booleans())
def test_jacobian_of_the_field_by_finite_differences(p, leave_out):
    d, scale = p.tokens.shape[1], p.options["scale"]
    exclude = 1 if leave_out else None
    keys = np.delete(p.tokens, 1, axis=0) if leave_out else p.tokens
    x = p.rng.standard_normal(d)

    def field(y):  # the query y alone among keys that hold still
        scores = scale * keys @ p.K.T @ (p.Q @ y)
        a = np.exp(scores - scores.max())
        return p.V @ (a / a.sum() @ keys)

    ours = energy.motion_jacobian_at(x[None], p.tokens, p.Q, p.K, p.V, exclude=exclude, scale=scale)[0]
    slopes = np.array([richardson(lambda y, row=row: field(y)[row], x, 1e-3) for row in range(d)])
    np.testing.assert_allclose(ours, slopes, atol=1e-6 * max(1, np.abs(ours).max()))


@given(problems(n_min=3, n_max=8, options=PLAIN))
def test_jacobian_is_M_times_the_hessian_and_curls_unless_M_is_special(p):
    d = p.tokens.shape[1]
    Q, K = invertible(p.rng, d, d)
    M = td.knowledge(Q, K, p.V)
    at = p.rng.standard_normal((2, d))
    J = energy.motion_jacobian_at(at, p.tokens, Q, K, p.V)
    hessian = energy.motion_jacobian_at(at, p.tokens, Q, K, Q.T @ K)  # V = QᵀK: the field is ∇φ
    np.testing.assert_allclose(J, M @ hessian, atol=1e-8 * np.abs(J).max())
    np.testing.assert_allclose(hessian, np.swapaxes(hessian, -1, -2), atol=1e-10 * np.abs(hessian).max())
    assert (np.linalg.eigvalsh(hessian) > -1e-10 * np.abs(hessian).max()).all()
    if d > 1:
        assert np.abs(J - np.swapaxes(J, -1, -2)).max() > 1e-9 * np.abs(J).max()


@pytest.mark.parametrize("change, holds", [
    ({"points": np.ones((2, 3))}, "points must have shape (…, p, 2)"),
    ({"exclude": 3}, "exclude must be None or the index of one of the 3 tokens"),
    ({"V": np.ones((3, 3))}, "V must have shape (…, 2, 2)"),
    ({"Q": np.ones((2, 3))}, "Q must have shape"),
    ({"tokens": [[np.nan, 1.0]]}, "tokens must be finite"),
    ({"scale": "x"}, "scale must be one number"),
])  # fmt: skip
def test_jacobian_says_what_is_wrong(change, holds):
    good = {"points": np.eye(2), "tokens": np.ones((3, 2)), "Q": np.eye(2), "K": np.eye(2), "V": np.eye(2)}
    with pytest.raises(ValueError) as caught:
        energy.motion_jacobian_at(**good | change)
    assert holds in str(caught.value)


@given(st.integers(1, 20), st.integers(0, 2**32 - 1), st.floats(0.05, 2.0))
def test_clusters_are_those_of_a_flood_fill(n, seed, distance):
    states = np.random.default_rng(seed).standard_normal((n, 2))
    left, count = set(range(n)), 0
    while left:
        count, todo = count + 1, [left.pop()]
        while todo:
            i = todo.pop()
            reached = {k for k in left if np.linalg.norm(states[i] - states[k]) <= distance}
            left -= reached
            todo += reached
    assert clusters(states, distance=distance) == count


def test_clusters_by_cosine_chains_zeros_and_batches():
    angle = np.radians([0, 10, 20, 30, 180, 185])
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert clusters(ring, cosine=np.cos(np.radians(10.001))) == 2  # a chain of links holds the first four
    assert clusters(ring, cosine=np.cos(np.radians(7))) == 5
    assert clusters(5 * ring, cosine=-1.0) == 1
    assert clusters(np.zeros((3, 2)), cosine=0.9) == 3 and clusters(np.zeros((3, 2)), distance=0.0) == 1
    both = clusters(np.stack([ring, -ring, ring[:1] + 0 * ring]), cosine=0.99)
    assert both.tolist() == [clusters(ring, cosine=0.99)] * 2 + [1]
    for wrong in ({}, {"cosine": 0.9, "distance": 0.1}, {"distance": -1.0}, {"cosine": "near"}):
        with pytest.raises(ValueError, match="cosine|distance"):
            clusters(ring, **wrong)
