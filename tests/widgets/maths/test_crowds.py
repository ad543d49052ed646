"""What the widgets of Chapter 3 compute in JavaScript is the numpy package: drawn crowds, clusters, energies, gravity, journeys."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from node import JavaScriptError
from problems import problems

from tokendynamics import energy, geometry, gravity, seeded, stack
from tokendynamics.widgets import GravityAndAttention, Trajectories
from tokendynamics.widgets.gravity_and_attention import PRESETS as BODIES
from tokendynamics.widgets.gravity_and_attention import engine
from tokendynamics.widgets.trajectories import PRESETS

ONE_STEP, MANY_STEPS = 1e-10, 1e-8
SEEDS = st.integers(0, 2**32 - 1)
big = problems(n_max=64, d_max=8)


def agree(ours, theirs, bar=ONE_STEP):
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    assert ours.shape == theirs.shape
    finite = np.isfinite(theirs)
    np.testing.assert_array_equal(ours[~finite], theirs[~finite])
    assert np.abs(ours[finite] - theirs[finite]).max(initial=0.0) <= bar * np.abs(theirs[finite]).max(initial=0.0)


@given(n=st.integers(1, 64), d=st.integers(1, 4), seed=st.integers(0, 2**30 - 1))
def test_crowds_and_layers_are_drawn_alike(node, n, d, seed):
    tokens = node.call("seeded", "drawn_tokens", n, d, seed)
    agree(tokens, seeded.drawn_tokens(n, d, seed))
    agree(node.call("seeded", "drawn_layers", n, d, seed), seeded.drawn_layers(n, d, seed))
    np.testing.assert_array_equal(seeded.drawn_tokens(n + 3, d, seed)[:n], tokens)  # more keep the ones there were
    np.testing.assert_array_equal(seeded.drawn_layers(n + 1, d, seed)[:n], seeded.drawn_layers(n, d, seed))


def test_what_is_drawn_is_normal():
    """Both streams, 40,000 numbers each: mean 0 and variance 1 within five standard errors, and no two seeds alike."""
    tokens, layers = seeded.drawn_tokens(10_000, 4, 7).ravel(), 2 * seeded.drawn_layers(834, 4, 7).ravel()
    for drawn in (tokens, layers):
        assert abs(drawn.mean()) < 5 / np.sqrt(drawn.size)
        assert abs(drawn.var() - 1) < 5 * np.sqrt(2 / drawn.size)
    other = seeded.drawn_tokens(10_000, 4, 8).ravel()
    assert abs(np.corrcoef(tokens, other)[0, 1]) < 0.03 and abs(np.corrcoef(tokens[:39_000], layers[:39_000])[0, 1]) < 0.03


@pytest.mark.parametrize("wrong", [{"n": 0}, {"n": 1.5}, {"d": True}, {"seed": -1}, {"seed": 2**30}])
def test_what_cannot_be_drawn(node, wrong):
    given_ = {"n": 3, "d": 2, "seed": 1} | wrong
    for name in ("drawn_tokens", "drawn_layers"):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be a whole number"):
            getattr(seeded, name)(**given_)
        with pytest.raises(JavaScriptError, match=f"{next(iter(wrong))} must be a whole number"):
            node.call("seeded", name, *given_.values())


@given(p=big, collapse=st.sampled_from([1.0, 1e-3, 1e-9, 0.0]))
def test_effective_rank(node, p, collapse):
    """Down to a crowd that is one point but for 1e-9: no precision is lost in squares."""
    states = p.tokens[:1] + collapse * p.tokens
    ours = node.call("geometry", "effective_rank", states)
    assert ours == pytest.approx(float(geometry.effective_rank(states)), rel=ONE_STEP)


def test_the_effective_rank_of_nothing(node):
    assert np.isnan(float(node.call("geometry", "effective_rank", np.zeros((3, 2)))))


@given(p=big, distance=st.floats(0, 3), cosine=st.floats(-1, 1))
def test_clusters(node, p, distance, cosine):
    states = p.tokens.copy()
    states[-1] = states[0]  # on one point
    for limit in ({"distance": distance}, {"cosine": cosine}):
        assert node.call("geometry", "clusters", states, **limit) == geometry.clusters(states, **limit)


@pytest.mark.parametrize("limits", [{}, {"cosine": 0.5, "distance": 1.0}])
def test_clusters_want_one_limit(node, limits):
    with pytest.raises(JavaScriptError, match="one of the two"):
        node.call("geometry", "clusters", [[1, 2]], **limits)


@pytest.mark.parametrize("function", ["log_energy", "summed_potential"])
@given(p=big)
def test_energies(node, function, p):
    ours = float(node.call("energy", function, *p.qk, **p.options))
    agree([ours], [getattr(energy, function)(*p.qk, **p.options)])


def crowd(seed, n, d=2):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), 0.3 * rng.standard_normal((n, d)), rng.uniform(0.5, 2, n)


@given(seed=SEEDS, n=st.integers(1, 64), d=st.integers(1, 3), softening=st.sampled_from([0.0, 0.1, 0.5]), G=st.sampled_from([1.0, 0.3]))
def test_pull_potential_energy_momentum(node, seed, n, d, softening, G):
    bodies, velocities, masses = crowd(seed, n, d)
    options = {"G": G, "softening": softening}
    agree(node.call("gravity", "pull", bodies, masses, **options), gravity.pull(bodies, masses, **options))
    agree(node.call("gravity", "gravity_potential", bodies, masses, **options), gravity.gravity_potential(bodies, masses, **options))
    ours = node.call("gravity", "energy", bodies, velocities, masses, **options)
    agree([ours], [gravity.energy(bodies, velocities, masses, **options)], 1e-9)  # two large parts may cancel
    agree(node.call("gravity", "momentum", velocities, masses), gravity.momentum(velocities, masses), 1e-9)


@settings(max_examples=15)
@given(seed=SEEDS, n=st.integers(2, 24))
def test_thirty_two_steps_of_each_motion(node, seed, n):
    bodies, velocities, masses = crowd(seed, n)
    orbit = {"dt": 0.01, "steps": 32, "softening": 0.3}
    agree(
        node.call("gravity", "orbits", bodies, velocities, masses, **orbit), gravity.orbits(bodies, velocities, masses, **orbit), MANY_STEPS
    )
    agree(
        node.call("gravity", "overdamped", bodies, masses, mobility=0.5, **orbit),
        gravity.overdamped(bodies, masses, mobility=0.5, **orbit),
        MANY_STEPS,
    )
    Q, K, V = np.random.default_rng(seed).standard_normal((3, 2, 2))
    rest = {"dt": 0.05, "steps": 32, "friction": 0.2, "include_self": True, "scale": 0.7}
    agree(
        node.call("gravity", "inertial_attention", bodies, velocities, Q, K, V, **rest),
        gravity.inertial_attention(bodies, velocities, Q, K, V, **rest),
        MANY_STEPS,
    )


@pytest.mark.parametrize(
    "function, args, said",
    [
        ("pull", ([[0, 0], [0, 0]], [1, 1], {"softening": 0}), "one point"),
        ("pull", ([[0, 0], [1, 0]], [1], {}), "masses must have shape"),
        ("pull", ([[0, 0], [1, 0]], [1, -1], {}), "masses must be above 0"),
        ("pull", ([[0, 0], [1, 0]], [1, 1], {"softening": -1}), "softening must be one finite number"),
        ("orbits", ([[0, 0], [1, 0]], [[0, 0]], [1, 1], {}), "velocities must have shape"),
        ("orbits", ([[0, 0], [1, 0]], [[0, 0], [0, 0]], [1, 1], {"steps": 1.5}), "steps must be a whole number"),
        ("overdamped", ([[0, 0], [1, 0]], [1, 1], {"steps": -1}), "steps must be a whole number"),
        ("inertial_attention", ([[0, 0]], [[0, 0]], [[1, 0]], [[1, 0]], [[1, 0], [0, 1]], {"friction": -1}), "friction must be"),
    ],
)
def test_bad_bodies_are_told_in_both(node, function, args, said):
    *arrays, options = args
    with pytest.raises(JavaScriptError, match=said):
        node.call("gravity", function, *arrays, **options)
    with pytest.raises(ValueError, match=said):
        getattr(gravity, function)(*arrays, **options)


@pytest.mark.parametrize("method", ["layer", "euler", "rk4"])
@pytest.mark.parametrize("preset", PRESETS)
def test_journeys(node, preset, method):
    """Every preset by every method: states and meters of all its layers."""
    chaotic = (preset, method) == ("repulsion", "layer")  # steps of 1 that repel: rounding grows tenfold in four layers
    widget = Trajectories.preset(preset, method=method, layers=16 if chaotic else 32)
    ours, states, meters = node.call("trajectories/engine", "travel", widget.state()), widget.states(), widget.meters()
    agree(ours["states"], states, MANY_STEPS)
    agree(ours["energy"], meters["energy"], MANY_STEPS)
    np.testing.assert_allclose(ours["rank"], meters["rank"], rtol=1e-6)  # of rounding, where the crowd is one point
    np.testing.assert_array_equal(ours["clusters"], meters["clusters"])
    assert ours["stopped"] == (len(states) - 1 if len(states) <= widget.layers else None)


def test_a_crowd_that_runs_away_stops(node):
    widget = Trajectories(n=5, d=2, norm=None, step=2.0, layers=40)
    states = widget.states()
    assert 5 < len(states) < 41 and np.abs(states).max() <= 1e6
    ours, theirs = node.call("trajectories/engine", "travel", widget.state()), widget.travelled()
    assert ours["stopped"] == theirs.stopped == len(states) - 1
    assert ours["reason"] == theirs.reason == "the tokens run away: use a smaller step, or a norm"


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("far", [None, 1e6])
def test_why_a_journey_stopped_is_said_alike(node, method, far):
    """Past `far`, or past what a float holds; the states reached are those of the journey that stops in time."""
    tokens, head = 2 * np.eye(2) + 1, (np.eye(2), np.eye(2), 1e60 * np.eye(2))
    options = {"method": method, "far": far, "scale": 1e-200}
    ours, theirs = node.call("stack", "journey", tokens, [head] * 9, **options), stack.journey(tokens, [head] * 9, **options)
    assert ours["stopped"] == theirs.stopped == len(theirs.states) - 1 < 9
    assert ours["reason"] == theirs.reason and theirs.velocities is ours["velocities"] is None
    agree(ours["states"], theirs.states)
    if theirs.stopped:
        reached = [head] * theirs.stopped
        np.testing.assert_array_equal(theirs.states, stack.trajectories(tokens, reached, method=method, scale=1e-200))


# Gravity and attention

SIDES = ("gravity", "attention")


@pytest.mark.parametrize("laws", [{}, {"gravity": "overdamped", "attention": "inertia", "friction": 0.3, "include_self": True}])
@pytest.mark.parametrize("preset", BODIES)
def test_histories(node, preset, laws):
    widget = GravityAndAttention.preset(preset, **{"steps": 32, "step": 0.01, "V": [[0.5, -0.6], [0.4, 0.7]], "scale": 0.6} | laws)
    for side, theirs in zip(SIDES, widget.histories()):
        ours = node.call("gravity_and_attention/engine", f"under_{side}", widget.state())
        size = 1 + np.abs(theirs.velocities).max()
        for name in ("states", "velocities"):
            agree(ours[name], getattr(theirs, name), MANY_STEPS)
        agree(ours["energy"], theirs.energy, MANY_STEPS)
        np.testing.assert_allclose(ours["momentum"], theirs.momentum, rtol=MANY_STEPS, atol=MANY_STEPS * size)  # parts cancel
        np.testing.assert_allclose(ours["sum"], theirs.sum, atol=1e-8)
        assert ours["stopped"] is theirs.stopped is None and ours["reason"] == theirs.reason == ""


@given(seed=SEEDS, n=st.integers(2, 24), data=st.data())
def test_comparisons(node, seed, n, data):
    bodies, _, masses = crowd(seed, n)
    Q, K, V = np.random.default_rng(seed).standard_normal((3, 2, 2))
    selected = data.draw(st.integers(0, n - 1))
    widget = GravityAndAttention(bodies=bodies, masses=masses, selected=selected, Q=Q, K=K, V=V, scale=0.8, softening=0.2)
    options = {"softening": 0.2, "scale": 0.8, "include_self": data.draw(st.booleans())}
    widget.include_self = options["include_self"]
    ours, theirs = (
        node.call("gravity_and_attention/engine", "compare", widget.state()),
        engine.pulls(bodies, masses, Q, K, V, selected, **options),
    )
    agree(ours["pulls"], theirs["now"])
    np.testing.assert_allclose([ours["doubled"], ours["farther"]], [theirs["doubled"], theirs["farther"]], rtol=1e-8)
    assert ours["order"] == pytest.approx([2, 1], abs=0.01)
    # the parts, added one at a time: lengths of single pulls, and means of lengths weighted by single scores
    order = [k for k in range(n) if k != selected]
    single = [np.linalg.norm(gravity.pull(bodies[[selected, k]], masses[[selected, k]], softening=0.2)[0]) for k in order]
    np.testing.assert_allclose(ours["parts"][0], np.cumsum(single) / single[0], rtol=1e-9)
    weight = np.exp([0.8 * (Q @ bodies[selected]) @ (K @ bodies[k]) for k in order])
    length = np.array([np.linalg.norm(V @ bodies[k]) for k in order])
    np.testing.assert_allclose(ours["parts"][1], np.cumsum(weight * length) / np.cumsum(weight) / length[0], rtol=1e-9)


def test_bodies_that_run_away_stop(node):
    widget = GravityAndAttention(n=4, V=[[9, 0], [0, 9]], step=0.5)
    theirs = widget.histories()[1]
    ours = node.call("gravity_and_attention/engine", "under_attention", widget.state())
    assert ours["stopped"] == theirs.stopped == len(theirs.states) - 1 < 100 and len(ours["states"]) == len(theirs.states)
    assert ours["reason"] == theirs.reason
