"""Gravity and the hybrids, against finite differences, closed forms, and what physics conserves."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from problems import problems, richardson

import tokendynamics as td
from tokendynamics import gravity


@st.composite
def crowds(draw, n_min=1):
    n, d = draw(st.integers(n_min, 7)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    units = {"G": draw(st.sampled_from([1.0, 0.3, 4.0])), "softening": draw(st.sampled_from([0.1, 0.5, 1.0]))}
    return rng.standard_normal((n, d)), rng.standard_normal((n, d)), rng.uniform(0.5, 2, n), units


def two_bodies(eccentricity=0.3, masses=(1.0, 0.5), axis=1.0, G=1.0):
    """A Kepler ellipse about the common centre, from its near point; and its period 2π √(a³/GM)."""
    masses = np.array(masses)
    total = masses.sum()
    near = axis * (1 - eccentricity)
    speed = np.sqrt(G * total / axis * (1 + eccentricity) / (1 - eccentricity))
    share = np.array([-masses[1], masses[0]])[:, None] / total
    return share * [[near, 0.0]], share * [[0.0, speed]], masses, 2 * np.pi * np.sqrt(axis**3 / (G * total))


@given(crowds())
def test_pull_is_minus_the_slope_of_both_potentials(c):
    bodies, _, masses, units = c
    force = gravity.pull(bodies, masses, **units)

    def whole(flat):
        return gravity.gravity_potential(flat.reshape(bodies.shape), masses, **units).sum() / 2

    slope = richardson(whole, bodies.ravel(), 1e-2).reshape(bodies.shape)
    np.testing.assert_allclose(force, -slope, atol=1e-6 * max(1, np.abs(force).max()))
    for i in range(len(bodies)):

        def of_one(x):
            moved = bodies.copy()
            moved[i] = x
            return gravity.gravity_potential(moved, masses, **units)[i]

        np.testing.assert_allclose(force[i], -richardson(of_one, bodies[i], 1e-2), atol=1e-6 * max(1, np.abs(force).max()))


@given(crowds())
def test_potential_is_the_sum_by_hand(c):
    bodies, _, masses, units = c
    by_hand = [
        -sum(
            units["G"] * masses[i] * masses[k] / np.sqrt(((bodies[i] - bodies[k]) ** 2).sum() + units["softening"] ** 2)
            for k in range(len(bodies))
            if k != i
        )
        for i in range(len(bodies))
    ]
    np.testing.assert_allclose(gravity.gravity_potential(bodies, masses, **units), by_hand, rtol=1e-12)


@given(crowds(n_min=2))
def test_action_is_reaction(c):
    bodies, _, masses, units = c
    force = gravity.pull(bodies, masses, **units)
    assert np.abs(force.sum(axis=0)).max() <= 1e-14 * np.linalg.norm(force, axis=1).sum() * len(bodies)


@given(crowds(n_min=2))
def test_the_law_does_not_know_where_the_origin_is_and_turns_with_the_bodies(c):
    bodies, _, masses, units = c
    force = gravity.pull(bodies, masses, **units)
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((bodies.shape[1],) * 2))
    moved = gravity.pull((bodies @ turn.T) + 3.0, masses, **units)
    np.testing.assert_allclose(moved, force @ turn.T, rtol=1e-8, atol=1e-10 * np.abs(force).max())


def test_newtons_law_for_two():
    force = gravity.pull([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0]], [3.0, 5.0], G=0.1, softening=0.0)
    np.testing.assert_allclose(force, [[0, 0.375, 0], [0, -0.375, 0]], rtol=1e-14)


@pytest.mark.parametrize("eccentricity", [0.0, 0.3, 0.6])
def test_two_bodies_come_back_after_keplers_period(eccentricity):
    bodies, velocities, masses, period = two_bodies(eccentricity, G=2.0)
    steps = 4000
    x, v = gravity.orbits(bodies, velocities, masses, dt=period / steps, steps=steps, G=2.0, softening=0.0)
    np.testing.assert_allclose(x[-1], bodies, atol=1e-3)
    np.testing.assert_allclose(v[-1], velocities, atol=2e-3)
    half = x[steps // 2]
    assert np.linalg.norm(half[0] - half[1]) == pytest.approx(1 + eccentricity, rel=1e-4)  # the far point
    assert np.abs(x[steps // 4] - bodies).max() > 0.3


def test_leapfrog_is_of_order_two():
    bodies, velocities, masses, period = two_bodies()
    counts = (200, 400, 800, 1600)
    errors = []
    for steps in counts:
        x, _ = gravity.orbits(bodies, velocities, masses, dt=period / steps, steps=steps, softening=0.0)
        errors.append(np.abs(x[-1] - bodies).max())
    assert -np.polyfit(np.log(counts), np.log(errors), 1)[0] == pytest.approx(2, abs=0.1), errors


@given(crowds())
def test_energy_and_momentum_are_kept_and_time_runs_back(c):
    bodies, velocities, masses, units = c
    units = units | {"softening": 0.5}
    x, v = gravity.orbits(bodies, velocities, masses, dt=0.005, steps=200, **units)
    assert x.shape == v.shape == (201, *bodies.shape)
    kept = gravity.momentum(v, masses)
    np.testing.assert_allclose(kept, np.broadcast_to(kept[0], kept.shape), atol=1e-11)
    total = gravity.energy(x, v, masses, **units)
    size = (masses * (v**2).sum(axis=-1)).sum(axis=-1).max() + np.abs(gravity.gravity_potential(x, masses, **units)).sum(axis=-1).max()
    assert np.abs(total - total[0]).max() <= 1e-4 * size
    back, _ = gravity.orbits(x[-1], -v[-1], masses, dt=0.005, steps=200, **units)
    np.testing.assert_allclose(back[-1], bodies, atol=1e-8)


def test_energy_of_a_kepler_ellipse():
    bodies, velocities, masses, _ = two_bodies(0.4, axis=2.0)
    assert gravity.energy(bodies, velocities, masses, softening=0.0) == pytest.approx(-masses.prod() / (2 * 2.0), rel=1e-12)


@given(crowds())
def test_overdamped_bodies_go_down_the_slope_and_keep_their_centre(c):
    bodies, _, masses, units = c
    x = gravity.overdamped(bodies, masses, mobility=0.7, dt=1e-4, steps=50, **units)
    np.testing.assert_allclose(x[1], bodies + 0.7e-4 * gravity.pull(bodies, masses, **units), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(x.mean(axis=-2), np.broadcast_to(bodies.mean(axis=0), x.shape[::2]), atol=1e-12)
    height = gravity.gravity_potential(x, masses, **units).sum(axis=-1)
    assert (np.diff(height) <= 1e-12).all()


def test_overdamped_pair_falls_as_the_closed_form_says():
    """dr/dt = −4/r² for masses 1, G = 1: r³ = r₀³ − 12 t, first order in dt as Euler is."""
    errors = []
    for steps in (200, 400, 800):
        x = gravity.overdamped([[0.0], [2.0]], [1.0, 1.0], dt=0.2 / steps, steps=steps, softening=0.0)
        errors.append(abs(x[-1, 1, 0] - x[-1, 0, 0] - (8 - 6 * 0.2) ** (1 / 3)))
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 1, atol=0.05)


@given(problems(n_min=2, options={"include_self": False, "causal": False, "scale": 1.0}), st.sampled_from([0.0, 0.8]))
def test_attention_with_inertia_is_of_order_two(p, friction):
    """Against one Runge–Kutta run of (t, v) with a far shorter step, which shares no code."""
    v0 = p.rng.standard_normal(p.tokens.shape)
    total = 0.5

    def slope(state):
        return np.stack([state[1], td.content(state[0], p.Q, p.K, p.V) - friction * state[1]])

    state, fine = np.stack([p.tokens, v0]), 64
    for _ in range(fine):
        h = total / fine
        k1 = slope(state)
        k2 = slope(state + h / 2 * k1)
        k3 = slope(state + h / 2 * k2)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + slope(state + h * k3))
    errors = []
    for steps in (8, 16):
        x, v = gravity.inertial_attention(*p.qkv[:1], v0, *p.qkv[1:], dt=total / steps, steps=steps, friction=friction)
        errors.append(np.abs(np.stack([x[-1], v[-1]]) - state).max())
    assert errors[1] < 1e-2
    if errors[1] > 1e-9:
        assert 3.4 < errors[0] / errors[1] < 4.7


@given(problems(n_min=2, n_max=6))
def test_with_much_friction_it_is_equation_14(p):
    friction, dt, steps = 200.0, 2e-3, 250  # the start costs 1/(friction · time) = 1 %, the steps (friction · dt)²/12 = 1.3 %
    start = np.zeros_like(p.tokens)
    x, v = gravity.inertial_attention(p.tokens, start, p.Q, p.K, p.V, dt=dt, steps=steps, friction=friction, **p.options)
    layers = td.trajectories(p.tokens, [(p.Q, p.K, p.V)] * 25, step=dt * steps / 25 / friction, **p.options)
    moved = np.abs(layers[-1] - p.tokens).max()
    np.testing.assert_allclose(x[-1], layers[-1], atol=0.03 * moved + 1e-12)


@given(problems(n_min=2))
def test_a_token_with_inertia_coasts(p):
    """With V = 0 and no friction a velocity stays what it is; with friction it decays as exp(−friction t)."""
    v0, nothing = p.rng.standard_normal(p.tokens.shape), np.zeros_like(p.V)
    x, v = gravity.inertial_attention(p.tokens, v0, p.Q, p.K, nothing, dt=0.1, steps=20, **p.options)
    np.testing.assert_allclose(x[-1], p.tokens + 2 * v0, atol=1e-12)
    _, v = gravity.inertial_attention(p.tokens, v0, p.Q, p.K, nothing, dt=0.1, steps=20, friction=0.5, **p.options)
    np.testing.assert_allclose(v[-1], np.exp(-1.0) * v0, rtol=1e-12)


@given(problems(n_min=2), st.sampled_from([0.5, -1.0]))
def test_a_query_in_flight_keeps_its_energy_and_no_other(p, mobility):
    x0, v0 = 0.5 * p.rng.standard_normal((2, 3, p.tokens.shape[1]))
    scale = p.options["scale"]

    def drift(count):
        x, v = gravity.flight(x0, v0, p.tokens, p.Q, p.K, mobility=mobility, dt=0.4 / count, steps=count, scale=scale)
        kept = (v**2).sum(axis=-1) / 2 - mobility * td.potential_at(x, p.tokens, p.Q, p.K, scale=scale)
        return np.abs(kept - kept[0]).max(), np.abs(kept[0]).max()

    (coarse, size), (fine, _) = drift(50), drift(100)
    assert fine <= 1e-3 * max(1, size)
    assert fine <= 0.3 * coarse + 1e-12  # second order


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches_and_precision(dtype):
    rng = np.random.default_rng(3)
    bodies, v = rng.standard_normal((2, 4, 5, 3)).astype(dtype)
    masses = rng.uniform(1, 2, (4, 5)).astype(dtype)
    x, w = gravity.orbits(bodies, v, masses, steps=7)
    y = gravity.overdamped(bodies, masses, steps=7)
    assert x.shape == w.shape == y.shape == (8, 4, 5, 3)
    assert x.dtype == w.dtype == y.dtype == gravity.energy(bodies, v, masses).dtype == dtype
    assert gravity.pull(bodies, masses).dtype == gravity.gravity_potential(bodies, masses).dtype == dtype
    for k in range(4):
        np.testing.assert_allclose(x[:, k], gravity.orbits(bodies[k], v[k], masses[k], steps=7)[0], rtol=1e-6)
    shared = gravity.orbits(bodies, v[0], masses[0], steps=2)
    assert shared[0].shape == shared[1].shape == (3, 4, 5, 3)
    eye = np.eye(3, dtype=dtype)
    t, u = gravity.inertial_attention(bodies, v[0], eye, eye, eye, steps=3)
    assert t.shape == u.shape == (4, 4, 5, 3) and t.dtype == u.dtype == dtype


EYE = np.eye(2)
GOOD = {
    "pull": {"bodies": EYE, "masses": [1.0, 2.0]},
    "gravity_potential": {"bodies": EYE, "masses": [1.0, 2.0]},
    "energy": {"bodies": EYE, "velocities": EYE, "masses": [1.0, 2.0]},
    "momentum": {"velocities": EYE, "masses": [1.0, 2.0]},
    "orbits": {"bodies": EYE, "velocities": EYE, "masses": [1.0, 2.0]},
    "overdamped": {"bodies": EYE, "masses": [1.0, 2.0]},
    "flight": {"points": EYE, "velocities": EYE, "tokens": EYE, "Q": EYE, "K": EYE},
    "inertial_attention": {"tokens": EYE, "velocities": EYE, "Q": EYE, "K": EYE, "V": EYE},
}
BAD = {
    "bodies": [([1.0, 2.0], "(…, n, d)"), ([[np.nan, 0], [0, 1]], "1 NaN"), (np.ones((2, 0)), "nothing of length 0")],
    "velocities": [([1.0, 2.0], "(…, n, d)"), ("fast", "str 'fast'"), (np.full((2, 2), np.inf), "4 infinite")],
    "masses": [([1.0], "(…, 2)"), ([1.0, 0.0], "above 0; got 0"), ([1.0, -2.0], "above 0; got -2"), (1.0, "(…, n)"), (None, "None")],
    "G": [("big", "one number"), (np.inf, "one finite number")],
    "softening": [(-0.1, "at least 0; got -0.1"), ([1, 2], "one number")],
    "dt": [("short", "one number"), (np.nan, "one finite number")],
    "steps": [(-1, "at least 0; got -1"), (2.0, "whole number"), (True, "whole number")],
    "mobility": [([[1.0]], "one number")],
    "friction": [(-1.0, "at least 0; got -1")],
    "tokens": [([1.0, 2.0], "(…, n, d)")],
    "points": [([1.0, 2.0], "(…, n, d)")],
    "Q": [(np.ones((2, 3)), "(…, d_head, 2)")],
    "K": [(np.ones((3, 2)), "as many rows as Q")],
    "V": [(np.ones((3, 3)), "(…, 2, 2)")],
    "scale": [("loud", "one number")],
    "include_self": [(1, "True or False")],
    "causal": [("no", "True or False")],
}


def test_every_argument_is_tried():
    for name, arguments in GOOD.items():
        assert set(inspect.signature(getattr(gravity, name)).parameters) <= set(arguments) | set(BAD)


@pytest.mark.parametrize("name", GOOD)
def test_bad_input_is_said_in_words(name):
    function = getattr(gravity, name)
    function(**GOOD[name])
    for argument in inspect.signature(function).parameters:
        for value, holds in BAD[argument]:
            with pytest.raises(ValueError, match=argument) as caught:
                function(**GOOD[name] | {argument: value})
            assert holds in str(caught.value)


def test_what_cannot_be_together_is_said_in_words():
    with pytest.raises(ValueError, match="softening is 0"):
        gravity.pull(np.zeros((2, 2)), [1.0, 1.0], softening=0.0)
    with pytest.raises(ValueError, match=r"velocities must have shape \(…, 2, 2\), as bodies have; got shape \(3, 2\)"):
        gravity.orbits(EYE, np.ones((3, 2)), [1.0, 1.0])
    with pytest.raises(ValueError, match=r"velocities must have shape \(…, 2, 2\), as tokens have; got shape \(2, 3\)"):
        gravity.inertial_attention(EYE, np.ones((2, 3)), EYE, EYE, EYE)
    with pytest.raises(ValueError, match="step 1: "):
        gravity.orbits(EYE, 1e308 * EYE, [1.0, 1.0], dt=100.0)
    with pytest.raises(ValueError, match=r"step \d+: "):
        gravity.inertial_attention(EYE, EYE, EYE, EYE, 100 * EYE, dt=10.0, steps=400)
    with pytest.raises(ValueError, match="leading axes"):
        gravity.pull(np.ones((2, 3, 2)), np.ones((4, 3)))


def test_a_single_body_and_no_steps():
    assert (gravity.pull([[1.0, 2.0]], [3.0]) == 0).all() and (gravity.gravity_potential([[1.0, 2.0]], [3.0]) == 0).all()
    x, v = gravity.orbits([[1.0, 2.0]], [[1.0, 0.0]], [3.0], steps=0)
    assert x.shape == v.shape == (1, 1, 2)
