"""The same bodies under gravity and under attention: where they go, and what tells the two apart; what the widget measures.

`bodies` is (n, 2), `masses` is (n,); `options` of a law are those of `gravity` and of `attention`. Nothing has a unit. Bad
input raises ValueError.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ... import _checks, gravity
from ..._arrays import norm, sized
from ..._typing import Array, ArrayLike
from ...attention import content
from ...energy import summed_potential

FAR = 1e6  # where bodies have run away
_REST = 1e-5  # the time after which a body let go is looked at, and again at twice that


class History(NamedTuple):
    """T + 1 states and what is read off each; fewer where the bodies ran away, past 10⁶, or left the range of numbers."""

    states: np.ndarray  # (T + 1, n, 2)
    velocities: np.ndarray  # (T + 1, n, 2)
    energy: np.ndarray  # (T + 1,)
    momentum: np.ndarray  # (T + 1, 2)
    sum: np.ndarray  # (T + 1,), ‖Σ F‖ / Σ ‖F‖: 0 where action is reaction, 1 where all are pulled one way
    stopped: int | None  # after how many steps they stopped; None where all were taken
    reason: str  # why, in words; "" where all were taken


def spinning(bodies: ArrayLike, spin: float) -> Array:
    """Each body's velocity when the whole turns by `spin` radians in unit time.

    Parameters
    ----------
    bodies : (…, n, 2) array
    spin : float

    Returns
    -------
    (…, n, 2) array
    """
    rows = _plane(bodies)
    with np.errstate(over="ignore"):  # said in words by finite
        turned = _checks.number("spin", spin) * np.stack([-rows[..., 1], rows[..., 0]], axis=-1)
    return _checks.finite(turned, "bodies and spin give velocities")


def under_gravity(
    bodies: ArrayLike, masses: ArrayLike, *, spin: float = 0.0, inertia: bool = True, step: float = 0.05,
    steps: int = 100, G: float = 1.0, softening: float = 0.1,
) -> History:  # fmt: skip
    """Gravity's side: `gravity.orbits` from a start that spins, or without inertia `gravity.overdamped`, as far as they go.

    The energy is kinetic and potential, without inertia potential alone; the momentum is Σ mᵢ vᵢ.

    Parameters
    ----------
    bodies : (n, 2) array
    masses : (n,) array
    spin : float, default 0
        Radians in unit time.
    inertia : bool, default True
        Without it the force is the velocity.
    step : float, default 0.05
    steps : int, default 100
    G, softening : float, default 1 and 0.1

    Returns
    -------
    History
    """
    inertia, options = _checks.flag("inertia", inertia), {"G": G, "softening": softening}
    bodies = _near(bodies)
    gravity.pull(bodies, masses, **options)  # says what is wrong with them
    masses = np.asarray(masses, dtype=np.float64)

    def acceleration(x):
        with np.errstate(over="ignore"):  # said in words by leapfrog
            return gravity.pull(x, masses, **options) / masses[:, None]

    went = _run(bodies, spin, acceleration if inertia else lambda x: gravity.pull(x, masses, **options), inertia, 0.0, step, steps)
    forces = gravity.pull(went.states, masses, **options) if inertia else went.velocities
    if inertia:
        energy = gravity.energy(went.states, went.velocities, masses, **options)
    else:
        energy = gravity.gravity_potential(went.states, masses, **options).sum(axis=-1) / 2
    return History(went.states, went.velocities, energy, gravity.momentum(went.velocities, masses), _unbalanced(forces), *went[2:])


def under_attention(
    bodies: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, spin: float = 0.0, inertia: bool = False,
    friction: float = 0.0, step: float = 0.05, steps: int = 100, **options: Any,
) -> History:  # fmt: skip
    """Attention's side: Euler steps of equation (14), or with inertia `gravity.inertial_attention` from a spin, as far as they go.

    What stands for its energy is −Σ φᵢ, and ½ Σ vᵢ² more with inertia; for its momentum Σ vᵢ. Tokens have no mass.

    Parameters
    ----------
    bodies : (n, 2) array
    Q, K : (d_head, 2) array
    V : (2, 2) array
    spin : float, default 0
        Radians in unit time.
    inertia : bool, default False
        With it the content is the acceleration.
    friction : float, default 0
    step : float, default 0.05
    steps : int, default 100
    **options : those of `attention`

    Returns
    -------
    History
    """
    inertia, friction = _checks.flag("inertia", inertia), _checks.number("friction", friction, minimum=0)
    went = _run(_near(bodies), spin, lambda x: content(x, Q, K, V, **options), inertia, friction, step, steps)
    forces = content(went.states, Q, K, V, **options) if inertia else went.velocities
    with np.errstate(over="ignore"):  # said in words by finite
        energy = -summed_potential(went.states, Q, K, **options) + ((went.velocities**2).sum(axis=(-1, -2)) / 2 if inertia else 0)
    _checks.finite(energy, "bodies, Q, K and V give an energy")
    return History(went.states, went.velocities, energy, went.velocities.sum(axis=-2), _unbalanced(forces), *went[2:])


def pulls(
    bodies: ArrayLike, masses: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, selected: int = 0, *,
    G: float = 1.0, softening: float = 0.1, **options: Any,
) -> dict[str, Array]:  # fmt: skip
    """What one body feels, by gravity and by attention.

    Parameters
    ----------
    bodies : (n, 2) array
    masses : (n,) array
    Q, K : (d_head, 2) array
    V : (2, 2) array
    selected : int, default 0
        Index of the body.
    G, softening : float, default 1 and 0.1
    **options : those of `attention`

    Returns
    -------
    dict
        {name: (2,) array}: its pull "now", as a length; then as shares of that (NaN where nobody pulls) "doubled", with each other body
        there twice, and "farther", with all others twice as far from it.
    """
    rows = _near(bodies)
    gravity.pull(rows, masses, G=G, softening=softening)  # says what is wrong with them
    weights, selected = np.asarray(masses, dtype=np.float64), _checks.index("selected", selected, len(rows), "bodies") % len(rows)
    at, mass = rows[selected : selected + 1], weights[selected : selected + 1]
    others, weights = np.delete(rows, selected, axis=0), np.delete(weights, selected)

    def heavy(rows, m):
        return norm(gravity.pull(np.vstack([at, rows]), np.append(mass, m), G=G, softening=softening)[0])

    def given(rows):
        return norm(content(np.vstack([at, rows]), Q, K, V, **options)[0])

    now, away = np.array([heavy(others, weights), given(others)]), 2 * others - at
    with np.errstate(invalid="ignore", divide="ignore"):  # nobody pulls: no share
        doubled = np.array([heavy(others, 2 * weights), given(np.vstack([others, others]))]) / now
        farther = np.array([heavy(away, weights), given(away)]) / now
    return {"now": now, "doubled": doubled, "farther": farther}


def order_in_time(run: Callable[[int, float], Array], bodies: Array, selected: int = 0) -> float:
    """The power of time by which a body leaves a state of rest: 1 where pull is velocity, 2 where it is acceleration.

    It is log₂ of how far it is at 2 · 10⁻⁵ over at 10⁻⁵; NaN where it does not leave.

    Parameters
    ----------
    run : function (steps, dt) → positions (steps + 1, n, d) from rest
    bodies : (n, d) array
    selected : int, default 0

    Returns
    -------
    float
    """
    bodies = _checks.tokens(bodies, "bodies")
    selected = _checks.index("selected", selected, len(bodies), "bodies")
    once, twice = (norm(run(steps, _REST)[-1][selected] - bodies[selected]) for steps in (1, 2))
    return float(np.log2(twice / once)) if once > 0 else float("nan")


def _run(bodies, spin, law, inertia, friction, step, steps):
    """A `gravity.Journey` from a start that spins, or without inertia from rest; not past FAR."""
    clock = {"dt": step, "steps": steps, "far": FAR}
    turning = spinning(bodies, spin)
    return gravity.leapfrog(bodies, turning, law, friction=friction, **clock) if inertia else gravity.euler(bodies, law, **clock)


def _plane(bodies: object) -> Array:
    rows = _checks.tokens(bodies, "bodies")
    if rows.shape[-1] != 2:
        raise ValueError(f"bodies must have shape (…, n, 2); got shape {rows.shape}")
    return rows


def _near(bodies: object) -> Array:
    rows = _plane(bodies)
    if rows.ndim != 2:
        raise ValueError(f"bodies must have shape (n, 2); got shape {rows.shape}")
    if np.abs(rows).max() > FAR:
        raise ValueError("bodies must be within 10⁶ of the origin")
    return rows


def _unbalanced(forces):
    forces, _ = sized(forces, axis=(-2, -1))
    whole = np.linalg.norm(forces, axis=-1).sum(axis=-1)
    net = np.linalg.norm(forces.sum(axis=-2), axis=-1)
    return np.divide(net, whole, out=np.zeros_like(net), where=whole > 0)
