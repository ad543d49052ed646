"""The same bodies under gravity and under attention: where they go, and what tells the two apart; what the widget measures.

`bodies` is (n, 2), `masses` is (n,); `options` of a law are those of `gravity` and of `attention`. Nothing has a unit. Bad
input raises ValueError.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ... import _checks, gravity
from ..._typing import Array, ArrayLike
from ...attention import content, update
from ...energy import summed_potential

FAR = 1e6  # where bodies have run away
_REST = 1e-5  # the time after which a body let go is looked at, and again at twice that


class History(NamedTuple):
    """T + 1 states and what is read off each; fewer where the bodies ran away, past 10⁶."""

    states: np.ndarray  # (T + 1, n, 2)
    velocities: np.ndarray  # (T + 1, n, 2)
    energy: np.ndarray  # (T + 1,)
    momentum: np.ndarray  # (T + 1, 2)
    sum: np.ndarray  # (T + 1,), ‖Σ F‖ / Σ ‖F‖: 0 where action is reaction, 1 where all are pulled one way


def spinning(bodies: ArrayLike, spin: float) -> Array:
    """Each body's velocity when the whole turns by `spin` radians in unit time, (n, 2)."""
    bodies = _checks.tokens(bodies, "bodies")
    return _checks.number("spin", spin) * np.stack([-bodies[..., 1], bodies[..., 0]], axis=-1)


def under_gravity(
    bodies: ArrayLike, masses: ArrayLike, *, spin: float = 0.0, inertia: bool = True, step: float = 0.05,
    steps: int = 100, G: float = 1.0, softening: float = 0.1,
) -> History:  # fmt: skip
    """Gravity's side, a `History`: `orbits` from a start that spins, or without inertia `overdamped`, F for a velocity.

    The energy is kinetic and potential, without inertia potential alone; the momentum is Σ mᵢ vᵢ.
    """
    inertia, options = _checks.flag("inertia", inertia), {"G": G, "softening": softening}

    def run(steps):
        if inertia:
            return gravity.orbits(bodies, spinning(bodies, spin), masses, dt=step, steps=steps, **options)
        return gravity.overdamped(bodies, masses, dt=step, steps=steps, **options), None

    states, moving = _until(run, steps)
    masses = np.asarray(masses, dtype=float)
    forces = gravity.pull(states, masses, **options)
    velocities = forces if moving is None else moving
    energy = gravity.gravity_potential(states, masses, **options).sum(axis=-1) / 2
    if inertia:
        energy = gravity.energy(states, moving, masses, **options)
    return History(states, velocities, energy, gravity.momentum(velocities, masses), _unbalanced(forces))


def under_attention(
    bodies: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, spin: float = 0.0, inertia: bool = False,
    friction: float = 0.0, step: float = 0.05, steps: int = 100, **options: Any,
) -> History:  # fmt: skip
    """Attention's side, a `History`: Euler steps of equation (14), or with inertia `inertial_attention` from a spin.

    What stands for its energy is −Σ φᵢ, and ½ Σ vᵢ² more with inertia; for its momentum Σ vᵢ. Tokens have no mass.
    """
    inertia = _checks.flag("inertia", inertia)

    def run(steps):
        if inertia:
            motion = {"dt": step, "steps": steps, "friction": friction}
            return gravity.inertial_attention(bodies, spinning(bodies, spin), Q, K, V, **motion, **options)
        return _euler(bodies, Q, K, V, step, steps, options), None

    states, moving = _until(run, steps)
    forces = content(states, Q, K, V, **options)
    velocities = forces if moving is None else moving
    energy = -summed_potential(states, Q, K, **options) + ((velocities**2).sum(axis=(-1, -2)) / 2 if inertia else 0)
    return History(states, velocities, energy, velocities.sum(axis=-2), _unbalanced(forces))


def pulls(
    bodies: ArrayLike, masses: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, selected: int = 0, *,
    G: float = 1.0, softening: float = 0.1, **options: Any,
) -> dict[str, tuple[float, float]]:  # fmt: skip
    """What the body `selected` feels, {name: (gravity, attention)}: its pull "now", as a length; then as shares of that
    "doubled", with each other body there twice, and "farther", with all others twice as far from it."""
    bodies, masses = _checks.tokens(bodies, "bodies"), np.asarray(masses, dtype=float)
    others, weights = np.delete(bodies, selected, axis=0), np.delete(masses, selected)
    at, mass = bodies[selected : selected + 1], masses[selected : selected + 1]

    def heavy(rows, m):
        return np.linalg.norm(gravity.pull(np.vstack([at, rows]), np.append(mass, m), G=G, softening=softening)[0])

    def given(rows):
        return np.linalg.norm(content(np.vstack([at, rows]), Q, K, V, **options)[0])

    now, away = np.array([heavy(others, weights), given(others)]), 2 * others - at
    with np.errstate(invalid="ignore", divide="ignore"):  # nobody pulls: no share
        doubled = np.array([heavy(others, 2 * weights), given(np.vstack([others, others]))]) / now
        farther = np.array([heavy(away, weights), given(away)]) / now
    return {"now": now, "doubled": doubled, "farther": farther}


def order_in_time(run: Callable[[int, float], Array], bodies: Array, selected: int = 0) -> float:
    """The power of time by which a body leaves a state of rest: 1 where pull is velocity, 2 where it is acceleration.

    `run(steps, dt)` gives positions (steps + 1, n, d) from rest. It is log₂ of how far it is at 2 · 10⁻⁵ over at 10⁻⁵.
    """
    once, twice = (np.linalg.norm(run(steps, _REST)[-1][selected] - bodies[selected]) for steps in (1, 2))
    return float(np.log2(twice / once)) if once > 0 else float("nan")


def _euler(bodies, Q, K, V, step, steps, options):
    states = [_checks.tokens(bodies, "bodies")]
    for number in range(1, steps + 1):
        try:
            states.append(update(states[-1], Q, K, V, step=step, **options))
        except ValueError as error:
            raise ValueError(f"step {number}: {error}") from None
    return np.stack(states)


def _until(run, steps):
    """`run(steps)`, or as many steps as stay within numbers and within FAR."""
    steps = _checks.whole("steps", steps)
    while True:
        try:
            states, moving = run(steps)
            break
        except ValueError as error:
            failed = str(error).removeprefix("step ").split(":")[0]
            if not (str(error).startswith("step ") and failed.isdigit() and int(failed) > 1):
                raise
            steps = int(failed) - 1
    far = (np.abs(states) > FAR).any(axis=(-1, -2))
    end = int(far.argmax()) if far.any() else len(states)
    if end == 0:
        raise ValueError("bodies must be within 10⁶ of the origin")
    return states[:end], None if moving is None else moving[:end]


def _unbalanced(forces):
    whole = np.linalg.norm(forces, axis=-1).sum(axis=-1)
    net = np.linalg.norm(forces.sum(axis=-2), axis=-1)
    return np.divide(net, whole, out=np.zeros_like(net), where=whole > 0)
