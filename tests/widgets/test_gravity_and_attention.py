"""The widget's two laws side by side: what must hold of each, and the traits and words of Gravity and attention."""

import re
from io import BytesIO

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import tokendynamics as td
from tokendynamics import gravity
from tokendynamics.widgets import GravityAndAttention
from tokendynamics.widgets.gravity_and_attention import PRESETS, engine

SEEDS = st.integers(0, 2**32 - 1)
EYE = np.eye(2)


def crowd(seed, n):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 2)), rng.uniform(0.5, 2, n), *(rng.standard_normal((3, 2, 2)) / 2)


@given(seed=SEEDS, n=st.integers(2, 12))
def test_gravity_has_the_third_law_and_attention_has_not(seed, n):
    bodies, masses, Q, K, V = crowd(seed, n)
    heavy = engine.under_gravity(bodies, masses, spin=0.3, steps=20, softening=0.3)
    assert heavy.sum.max() < 1e-12
    np.testing.assert_allclose(heavy.momentum, np.broadcast_to(heavy.momentum[0], (21, 2)), atol=1e-9)
    given_ = engine.under_attention(bodies, Q, K, V, steps=20)
    np.testing.assert_allclose(given_.states, td.trajectories(bodies, [(Q, K, V)] * 20, step=0.05))
    net = [td.content(x, Q, K, V) for x in given_.states]
    np.testing.assert_allclose(given_.sum, [np.linalg.norm(f.sum(axis=0)) / np.linalg.norm(f, axis=1).sum() for f in net])


@given(seed=SEEDS)
def test_energies_by_another_road(seed):
    """Gravity's, by a sum over pairs; attention's, by logarithms of sums."""
    bodies, masses, Q, K, V = crowd(seed, 5)
    heavy = engine.under_gravity(bodies, masses, spin=0.5, steps=3, G=0.7, softening=0.2)
    for x, v, energy in zip(heavy.states, heavy.velocities, heavy.energy):
        held = sum(-0.7 * masses[i] * masses[k] / np.sqrt(((x[i] - x[k]) ** 2).sum() + 0.04) for i in range(5) for k in range(i))
        assert energy == pytest.approx(held + (masses * (v**2).sum(axis=1)).sum() / 2, rel=1e-9, abs=1e-9)
    inert = engine.under_attention(bodies, Q, K, V, inertia=True, spin=0.5, steps=3, scale=1.3)
    for x, v, energy in zip(inert.states, inert.velocities, inert.energy):
        phi = [np.log(sum(np.exp(1.3 * (Q @ x[i]) @ (K @ x[k])) for k in range(5) if k != i)) for i in range(5)]
        assert energy == pytest.approx((v**2).sum() / 2 - sum(phi), rel=1e-9, abs=1e-9)


@given(seed=SEEDS, n=st.integers(3, 12))
def test_pulls(seed, n):
    """Twice as many others pull twice as hard by gravity, and no harder by attention; far away gravity falls as 1 / r²."""
    bodies, masses, Q, K, V = crowd(seed, n)
    pulls = engine.pulls(bodies, masses, Q, K, V, 1, softening=0)
    np.testing.assert_allclose(pulls["doubled"], [2, 1], rtol=1e-9)
    assert pulls["farther"][0] == pytest.approx(0.25, rel=1e-9)
    assert pulls["now"][0] == pytest.approx(np.linalg.norm(gravity.pull(bodies, masses, softening=0)[1]))
    assert pulls["now"][1] == pytest.approx(np.linalg.norm(td.content(bodies, Q, K, V)[1]))


def test_order_in_time():
    bodies, masses, Q, K, V = crowd(4, 6)
    still = np.zeros_like(bodies)
    runs = {
        2: lambda steps, dt: gravity.orbits(bodies, still, masses, dt=dt, steps=steps)[0],
        1: lambda steps, dt: gravity.overdamped(bodies, masses, dt=dt, steps=steps),
    }
    for order, run in runs.items():
        assert engine.order_in_time(run, bodies) == pytest.approx(order, abs=0.01)
    assert engine.order_in_time(lambda steps, dt: td.trajectories(bodies, [(Q, K, V)] * steps, step=dt), bodies) == pytest.approx(
        1, abs=0.01
    )
    inert = lambda steps, dt: gravity.inertial_attention(bodies, still, Q, K, V, dt=dt, steps=steps)[0]  # noqa: E731
    assert engine.order_in_time(inert, bodies) == pytest.approx(2, abs=0.01)
    assert np.isnan(engine.order_in_time(lambda steps, dt: np.array([bodies] * 3), bodies))


@pytest.mark.parametrize("inertia", [False, True])
def test_those_that_run_away_are_cut_off(inertia):
    found = engine.under_attention(2 * EYE + 1, EYE, EYE, 9 * EYE, inertia=inertia, step=0.5, steps=100)
    assert 3 < len(found.states) < 101 and np.abs(found.states).max() <= 1e6
    assert all(len(part) == len(found.states) for part in found[:5])
    assert found.stopped == len(found.states) - 1 and "run away" in found.reason
    huge = engine.under_attention(2 * EYE + 1, EYE, EYE, 1e100 * EYE, inertia=inertia, steps=100)
    assert len(huge.states) == 1 and huge.stopped == 0


def test_spinning_turns_the_whole():
    bodies = np.random.default_rng(1).standard_normal((7, 2))
    velocity = engine.spinning(bodies, 0.6)
    np.testing.assert_allclose((bodies * velocity).sum(axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(np.linalg.norm(velocity, axis=1), 0.6 * np.linalg.norm(bodies, axis=1))


# ------------------------------------------------------------------ the widget in Python


def test_presets_do_what_their_words_say():
    histories = {name: GravityAndAttention.preset(name).histories() for name in PRESETS}
    two = histories["two"]
    apart = np.linalg.norm(two[0].states[:, 0] - two[0].states[:, 1], axis=1)
    assert apart.min() > 1.95 and apart.max() < 2.05  # in orbit
    assert np.linalg.norm(two[1].states[-1, 0] - two[1].states[-1, 1]) < 0.01  # they meet
    radius = [np.linalg.norm(side.states, axis=-1) for side in histories["ring"]]
    assert radius[0].max() < 1.25 and (np.diff(radius[1], axis=0) > 0).all()
    assert histories["crowd"][0].sum.max() < 1e-12 and histories["crowd"][1].sum.min() > 0.9
    assert (np.diff(histories["overdamped"][0].energy) < 0).all()
    for name in ("two", "ring", "crowd", "sun", "inertia"):  # leapfrog, softened enough
        energy = histories[name][0].energy
        assert np.abs(energy / energy[0] - 1).max() < 0.05, name
    still = histories["inertia"][1]
    assert (still.velocities[0] == 0).all() and abs(still.energy[-1] - still.energy[0]) > 1
    assert np.linalg.norm(still.momentum[-1]) > 1


def test_parts_follow_the_bodies():
    widget = GravityAndAttention(n=9, selected=8, time=60)
    widget.bodies = np.random.default_rng(0).standard_normal((3, 2))
    assert widget.selected == 2 and widget.masses.tolist() == [1, 1, 1]
    widget.bodies = np.random.default_rng(0).standard_normal((4, 2))
    assert widget.masses.tolist() == [1, 1, 1, 1]
    widget.steps = 30
    assert widget.time == 30


@pytest.mark.parametrize(
    "name, value, words",
    [
        ("bodies", [[1, 2]], "bodies must be 2 to 64 rows; got 1"),
        ("bodies", np.zeros((3, 3)), r"bodies must have shape \(n, 2\)"),
        ("masses", [1, 0], "masses must be 2 numbers above 0"),
        ("masses", [1, 1, 1], "masses must be 2 numbers above 0"),
        ("selected", 2, "selected must be the index of one of the 2 bodies"),
        ("time", 101.0, "time must be a number from 0 to 100"),
        ("steps", 121, "steps must be a whole number from 1 to 120"),
        ("step", 0.0, "step must be a finite number of at least 0.001"),
        ("softening", -0.1, "softening must be a finite number of at least 0"),
        ("spin", np.inf, "spin must be a finite number"),
        ("gravity", "einstein", "gravity must be one of 'newton', 'overdamped'"),
        ("attention", "flow", "attention must be one of 'motion', 'inertia'"),
    ],
)
def test_bad_input_is_told_and_the_state_is_kept(name, value, words):
    widget = GravityAndAttention()
    before = widget.state()
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        setattr(widget, name, value)
    assert widget.state() == before


def test_unknown_preset():
    with pytest.raises(ValueError, match="name must be one of 'two'"):
        GravityAndAttention.preset("nonsense")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", PRESETS)
def test_the_still_is_small_and_its_words_carry_the_numbers(name):
    widget = GravityAndAttention.preset(name, time=20)
    picture, text = widget.still()
    assert len(picture) <= 60_000 and Image.open(BytesIO(picture)).width == 720
    sums = [float(x) for x in re.search(r"lengths is (\S+) for gravity and (\S+) for attention", text).groups()]
    np.testing.assert_allclose(sums, [side.sum[20] for side in widget.histories()], atol=0.0051)
    assert "gravity pulls it 2.00 times as hard" in text and f"{len(widget.bodies)} bodies" in text
