"""Equations (4), (9), (13) and (14), with finite differences as the independent side.

Errors are measured against the largest size that the compared quantity can have for these tokens, `pull_size`,
since a force may come out small where large pulls cancel.
"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from problems import attend_by_hand, invertible, landscape_gradient, problems, richardson

import tokendynamics as td

BAR = 1e-9  # relative, float64


@given(problems(n_min=2), st.data())
def test_force_is_the_gradient_of_the_landscape_each_token_moves_in(p, data):
    """(4) → (9): hold the keys, take token i out (or leave it in, as a fixed key), differentiate at tᵢ."""
    i = data.draw(st.integers(0, len(p.tokens) - 1))
    options = {**p.options, "causal": False}
    keys = p.tokens if options["include_self"] else np.delete(p.tokens, i, axis=0)
    force = td.force(*p.qk, **options)[i]

    exact = landscape_gradient(p.tokens[i], keys, p.Q, p.K, options["scale"])
    assert np.abs(force - exact).max() <= BAR * p.pull_size

    # h × pull = 0.02: h⁶ truncation is below 1e-10 and rounding, 1e-16 φ / h, below 1e-11 of the pull
    exclude = None if options["include_self"] else i
    differences = richardson(
        lambda x: td.potential_at(x[None], *p.qk, exclude=exclude, scale=options["scale"])[0],
        p.tokens[i],
        0.02 / p.pull_size,
    )
    assert np.abs(force - differences).max() <= BAR * p.pull_size


@given(problems(n_min=2), st.data())
def test_force_is_the_gradient_of_the_potential_in_the_query_alone(p, data):
    """Without the self term, moving token i leaves every key that it sees where it was."""
    i = data.draw(st.integers(1, len(p.tokens) - 1))
    options = {**p.options, "include_self": False}

    def phi(x):
        tokens = p.tokens.copy()
        tokens[i] = x
        return td.potential(tokens, p.Q, p.K, **options)[i]

    differences = richardson(phi, p.tokens[i], 0.02 / p.pull_size)
    assert np.abs(td.force(*p.qk, **options)[i] - differences).max() <= BAR * p.pull_size


@given(problems(n_min=2), st.data())
def test_with_the_self_term_the_own_key_adds_its_part(p, data):
    """∂φᵢ/∂tᵢ, the own key moving too, is the force plus scale aᵢᵢ KᵀQ tᵢ."""
    i = data.draw(st.integers(0, len(p.tokens) - 1))
    options = {**p.options, "include_self": True}

    def phi(x):
        tokens = p.tokens.copy()
        tokens[i] = x
        return td.potential(tokens, p.Q, p.K, **options)[i]

    own_share = td.attention_weights(*p.qk, **options)[i, i]
    extra = options["scale"] * own_share * p.K.T @ p.Q @ p.tokens[i]
    # with its own key moving φᵢ is quadratic in tᵢ, so a smaller step, and what rounding that costs
    curvature = abs(options["scale"]) * np.linalg.norm(p.Q) * np.linalg.norm(p.K)
    h = 0.02 / (2 * p.pull_size + np.sqrt(curvature))
    differences = richardson(phi, p.tokens[i], h)
    size = p.pull_size + 1e-3 / h
    assert np.abs(td.force(*p.qk, **options)[i] + extra - differences).max() <= BAR * size
    assert own_share > 0


@given(problems(n_min=1), st.data())
def test_gradient_at_is_the_gradient_of_potential_at(p, data):
    points = 2 * p.rng.standard_normal((5, p.tokens.shape[-1]))
    scale = p.options["scale"]
    exclude = data.draw(st.none() | st.integers(-len(p.tokens), len(p.tokens) - 1)) if len(p.tokens) > 1 else None
    keys = p.tokens if exclude is None else np.delete(p.tokens, exclude, axis=0)
    gradient = td.potential_gradient_at(points, *p.qk, exclude=exclude, scale=scale)
    potential = td.potential_at(points, *p.qk, exclude=exclude, scale=scale)
    for x, phi, ours in zip(points, potential, gradient):
        assert np.abs(ours - landscape_gradient(x, keys, p.Q, p.K, scale)).max() <= BAR * p.pull_size
        scores = scale * (keys @ p.K.T) @ (p.Q @ x)
        assert abs(phi - np.logaddexp.reduce(scores)) <= 1e-13 * (1 + np.abs(scores).max())


@given(problems(n_min=2))
def test_the_landscape_at_a_token_is_its_potential(p):
    options = {"scale": p.options["scale"]}
    for i in range(len(p.tokens)):
        here = p.tokens[i : i + 1]
        np.testing.assert_allclose(
            td.potential_at(here, *p.qk, exclude=i, **options)[0], td.potential(*p.qk, **options)[i], rtol=1e-12, atol=1e-12
        )
        np.testing.assert_allclose(
            td.potential_gradient_at(here, *p.qk, exclude=i, **options)[0], td.force(*p.qk, **options)[i], rtol=1e-11, atol=1e-12
        )


@given(problems(n_min=2))
def test_equation_9_force_is_the_mean_pull(p):
    """scale QᵀK Σₖ aᵢₖ tₖ with weights by hand: the sum of the pulls, and the pull of the mean token."""
    weights, _ = attend_by_hand(*p.qk, **p.options)
    scale = p.options["scale"]
    pulls = np.array([scale * p.Q.T @ (p.K @ t) for t in p.tokens])
    force = td.force(*p.qk, **p.options)
    assert np.abs(force - weights @ pulls).max() <= BAR * p.pull_size
    assert np.abs(force - scale * (weights @ p.tokens) @ (p.Q.T @ p.K).T).max() <= BAR * p.pull_size


@given(problems(n_min=2), st.integers(0, 3))
def test_equations_13_and_14_where_the_index_is_invertible(p, more_rows):
    """M QᵀK = V, and then M∇φ/scale = V T a: both lines of (14) move a token to the same place."""
    d = p.tokens.shape[-1]
    Q, K = invertible(p.rng, d, d + more_rows)
    M = td.knowledge(Q, K, p.V)
    size = np.linalg.norm(p.V)
    assert np.linalg.norm(M @ (Q.T @ K) - p.V) <= BAR * size
    assert td.knowledge_residual(Q, K, p.V) <= BAR

    force, content = td.force(p.tokens, Q, K, **p.options), td.content(p.tokens, Q, K, p.V, **p.options)
    reach = size * np.linalg.norm(p.tokens, axis=-1).max()
    assert np.abs(force @ M.T / p.options["scale"] - content).max() <= BAR * reach
    first_line = p.tokens + 0.4 * force @ M.T / p.options["scale"]
    assert np.abs(td.update(p.tokens, Q, K, p.V, step=0.4, **p.options) - first_line).max() <= BAR * reach


@given(problems(n_min=2, d_max=6), st.data())
def test_where_it_is_singular_M_recovers_only_what_the_index_sees(p, data):
    """d_head < d: M∇φ/scale = V P T a, with P the projector on the row space of QᵀK, which is that of K."""
    d = p.tokens.shape[-1] + 2
    d_head = data.draw(st.integers(1, d - 1))
    Q, _ = invertible(p.rng, d_head, d_head)
    K, _ = invertible(p.rng, d_head, d_head)
    spread_q, spread_k = (np.linalg.qr(p.rng.standard_normal((d, d_head)))[0] for _ in "qk")
    Q, K = Q @ spread_q.T, K @ spread_k.T
    tokens, V = p.rng.standard_normal((len(p.tokens), d)), p.rng.standard_normal((d, d))
    seen = spread_k @ spread_k.T
    moved = td.force(tokens, Q, K, **p.options) @ td.knowledge(Q, K, V).T / p.options["scale"]
    weights, _ = attend_by_hand(tokens, Q, K, **p.options)
    expected = weights @ tokens @ (V @ seen).T
    reach = np.linalg.norm(V) * np.linalg.norm(tokens, axis=-1).max()
    assert np.abs(moved - expected).max() <= BAR * reach
    assert np.abs(moved - td.content(tokens, Q, K, V, **p.options)).max() > 1e-6 * reach  # and not V T a
    kept = V @ seen  # it forgets what QᵀK forgets, and then both lines of (14) agree again
    moved = td.force(tokens, Q, K, **p.options) @ td.knowledge(Q, K, kept).T / p.options["scale"]
    assert np.abs(moved - td.content(tokens, Q, K, kept, **p.options)).max() <= BAR * reach


@given(problems(n_min=2, dtype=np.float32))
def test_float32_force_is_the_float64_one_to_its_precision(p):
    exact = td.force(*(a.astype(np.float64) for a in p.qk), **p.options)
    assert np.abs(td.force(*p.qk, **p.options) - exact).max() <= 1e-4 * p.pull_size
