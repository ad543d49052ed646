"""The analogy's other side: bodies under gravity, and the two hybrids between gravity and attention; section 3.

Rows are bodies. Leading axes broadcast; float32 stays float32. Lengths, times and masses are pure numbers in units in which `G` is the number given.

G         : the gravitational constant.
softening : Plummer's ε. The distance r between two bodies enters as √(r² + ε²), so that a close meeting stays
            finite. 0 is Newton's law. Source: Plummer (1911); 0.1 is a choice for pictures, not for astronomy.
dt, steps : the time of a step, and how many.

Bad input raises ValueError.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _checks
from ._arrays import norm
from ._typing import Array, ArrayLike
from .attention import content, potential_gradient_at
from .stack import Journey, walk

_OVERFLOW = "positions or velocities overflow: use a smaller dt"
_AWAY = "they run away: use a smaller dt"


def pull(bodies: ArrayLike, masses: ArrayLike, *, G: float = 1.0, softening: float = 0.1) -> Array:
    """The force on each body, Σₖ G mᵢ mₖ (xₖ − xᵢ) / (rᵢₖ² + ε²)^{3/2}.

    Minus the gradient of the total potential energy, and of `gravity_potential` with the other bodies held still.

    Parameters
    ----------
    bodies : (…, n, d) array
    masses : (…, n) array
    G : float, default 1
    softening : float, default 0.1

    Returns
    -------
    (…, n, d) array
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    apart, near = _pairs(bodies, softening)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        weight = masses[..., :, None] * masses[..., None, :] * near**3
        return _checks.finite(G * (weight[..., None] * apart).sum(axis=-2), "bodies, masses and G give a force")


def gravity_potential(bodies: ArrayLike, masses: ArrayLike, *, G: float = 1.0, softening: float = 0.1) -> Array:
    """Uᵢ = −Σₖ G mₖ mᵢ / √(rᵢₖ² + ε²): the article's U of section 3, one number for each body.

    Every pair is in it twice, once for each partner: the potential energy of all is half the sum.

    Parameters
    ----------
    bodies : (…, n, d) array
    masses : (…, n) array
    G : float, default 1
    softening : float, default 0.1

    Returns
    -------
    (…, n) array
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    _, near = _pairs(bodies, softening)
    with np.errstate(over="ignore", invalid="ignore"):
        return _checks.finite(-G * masses * (near * masses[..., None, :]).sum(axis=-1), "bodies, masses and G give a potential")


def energy(bodies: ArrayLike, velocities: ArrayLike, masses: ArrayLike, *, G: float = 1.0, softening: float = 0.1) -> Array:
    """Kinetic and potential energy of all bodies together, ½ Σ mᵢ vᵢ² + ½ Σ Uᵢ.

    Parameters
    ----------
    bodies : (…, n, d) array
    velocities : (…, n, d) array
    masses : (…, n) array
    G : float, default 1
    softening : float, default 0.1

    Returns
    -------
    (…) array
    """
    velocities = _checks.tokens(velocities, "velocities")
    bodies, masses = _bodies(bodies, masses)
    _alike(bodies, velocities)
    held = gravity_potential(bodies, masses, G=G, softening=softening)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        moving = (masses * (velocities**2).sum(axis=-1)).sum(axis=-1)
        return _checks.finite((moving + held.sum(axis=-1)) / 2, "bodies, velocities and masses give an energy")


def momentum(velocities: ArrayLike, masses: ArrayLike) -> Array:
    """Σ mᵢ vᵢ.

    Parameters
    ----------
    velocities : (…, n, d) array
    masses : (…, n) array

    Returns
    -------
    (…, d) array
    """
    velocities, masses = _bodies(velocities, masses, "velocities")
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        return _checks.finite((masses[..., None] * velocities).sum(axis=-2), "velocities and masses give a momentum")


def orbits(
    bodies: ArrayLike, velocities: ArrayLike, masses: ArrayLike, *, dt: float = 0.01, steps: int = 100,
    G: float = 1.0, softening: float = 0.1,
) -> tuple[Array, Array]:  # fmt: skip
    """Newton's motion by leapfrog.

    Half a kick, a drift, half a kick: second order in `dt`, reversible and symplectic, so that the error of the
    energy stays bounded and does not pile up. Source: Hairer, Lubich and Wanner (2006), section I.1.4.

    Parameters
    ----------
    bodies : (…, n, d) array
    velocities : (…, n, d) array
    masses : (…, n) array
    dt : float, default 0.01
    steps : int, default 100
    G : float, default 1
    softening : float, default 0.1

    Returns
    -------
    positions, velocities : (steps + 1, …, n, d) array
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    velocities = _checks.tokens(velocities, "velocities")
    _alike(bodies, velocities)

    def acceleration(x):
        force = pull(x, masses, G=G, softening=softening)
        with np.errstate(over="ignore"):  # said in words by finite
            return _checks.finite(force / masses[..., None], "a force and masses give an acceleration")

    return _whole(leapfrog(bodies, velocities, acceleration, dt=dt, steps=steps))[:2]


def overdamped(
    bodies: ArrayLike, masses: ArrayLike, *, mobility: float = 1.0, dt: float = 0.01, steps: int = 100,
    G: float = 1.0, softening: float = 0.1,
) -> Array:  # fmt: skip
    """A hybrid: gravity without inertia. xᵢ ← xᵢ + dt mobility Fᵢ by Euler steps.

    First order in time, as attention is.

    Parameters
    ----------
    bodies : (…, n, d) array
    masses : (…, n) array
    mobility : float, default 1
        What M is in equation (4).
    dt : float, default 0.01
    steps : int, default 100
    G : float, default 1
    softening : float, default 0.1

    Returns
    -------
    (steps + 1, …, n, d) array
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    mobility = _checks.number("mobility", mobility)

    def velocity(x):
        with np.errstate(over="ignore"):  # said in words by finite
            return _checks.finite(mobility * pull(x, masses, G=G, softening=softening), "mobility and a force give a velocity")

    return _whole(euler(bodies, velocity, dt=dt, steps=steps)).states


def inertial_attention(
    tokens: ArrayLike, velocities: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, dt: float = 0.01,
    steps: int = 100, friction: float = 0.0, include_self: bool = False, causal: bool = False, scale: float = 1.0,
) -> tuple[Array, Array]:  # fmt: skip
    """The other hybrid: attention with inertia.

    The content accelerates: dvᵢ/dt = V T aᵢ − friction vᵢ, dtᵢ/dt = vᵢ. Steps are leapfrog, with the exact decay by
    friction before and after: second order in `dt`. With much friction, and `dt` still short against 1/friction,
    the motion is that of equation (14) with a step of dt/friction.

    Parameters
    ----------
    tokens : (…, n, d) array
    velocities : (…, n, d) array
    Q, K : (…, d_head, d) array
    V : (…, d, d) array
    dt : float, default 0.01
    steps : int, default 100
    friction : float, default 0
    include_self, causal : bool, default False
    scale : float, default 1

    Returns
    -------
    positions, velocities : (steps + 1, …, n, d) array
    """
    tokens, velocities = _checks.tokens(tokens), _checks.tokens(velocities, "velocities")
    _alike(tokens, velocities, "tokens")
    friction = _checks.number("friction", friction, minimum=0)
    options: dict[str, Any] = {"include_self": include_self, "causal": causal, "scale": scale}
    found = leapfrog(tokens, velocities, lambda x: content(x, Q, K, V, **options), dt=dt, steps=steps, friction=friction)
    return _whole(found)[:2]


def flight(
    points: ArrayLike, velocities: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *,
    mobility: float = 1.0, dt: float = 0.01, steps: int = 100, scale: float = 1.0,
) -> tuple[Array, Array]:  # fmt: skip
    """Queries with inertia among tokens that hold still.

    dv/dt = mobility ∇φ(x), with φ that of `potential_at`. Half the squared speed minus
    mobility φ(x) is conserved, as in mechanics: here φ is a fixed landscape, and M a number.

    Parameters
    ----------
    points : (…, p, d) array
    velocities : (…, p, d) array
    tokens : (…, n, d) array
    Q, K : (…, d_head, d) array
    mobility : float, default 1
    dt : float, default 0.01
    steps : int, default 100
    scale : float, default 1

    Returns
    -------
    positions, velocities : (steps + 1, …, p, d) array
    """
    points, velocities = _checks.tokens(points, "points"), _checks.tokens(velocities, "velocities")
    _alike(points, velocities, "points")
    mobility = _checks.number("mobility", mobility)

    def acceleration(x):
        force = potential_gradient_at(x, tokens, Q, K, scale=scale)
        with np.errstate(over="ignore"):  # said in words by finite
            return _checks.finite(mobility * force, "mobility and a force give an acceleration")

    return _whole(leapfrog(points, velocities, acceleration, dt=dt, steps=steps))[:2]


def leapfrog(
    positions: Array, velocities: Array, acceleration: Callable[[Array], Array], *, dt: float, steps: int,
    friction: float = 0.0, far: float | None = None,
) -> Journey:  # fmt: skip
    """Kick, drift, kick between two half decays of the velocity, as far as it goes: a `Journey`.

    Parameters
    ----------
    positions, velocities : (…, n, d) array
    acceleration : function of positions
    dt : float
    steps : int
    friction : float, default 0
    far : float or None, default None
        The journey stops before a coordinate is larger.
    """
    x, v = _checks.tokens(positions, "positions"), _checks.tokens(velocities, "velocities")
    _alike(x, v, "positions")
    dt, steps, friction = _checks.number("dt", dt), _checks.count("steps", steps), _checks.number("friction", friction, minimum=0)
    with np.errstate(over="ignore"):
        decay = float(np.exp(-friction * dt / 2))

    def onward(_, x, v, force):  # the force at the end of one step is that at the start of the next
        v = decay * v + dt / 2 * force
        x = _checks.held(x + dt * v, _OVERFLOW)
        force = acceleration(x)
        return x, _checks.held(decay * (v + dt / 2 * force), _OVERFLOW), force

    return walk((x, v, acceleration(x)), onward, steps, far=far, away=_AWAY)


def euler(positions: Array, velocity: Callable[[Array], Array], *, dt: float, steps: int, far: float | None = None) -> Journey:
    """Steps x + dt velocity(x), as far as they go: a `Journey`, with the velocity at each of its states.

    Parameters
    ----------
    positions : (…, n, d) array
    velocity : function of positions
    dt : float
    steps : int
    far : float or None, default None
        The journey stops before a coordinate is larger.
    """
    x, dt, steps = _checks.tokens(positions, "positions"), _checks.number("dt", dt), _checks.count("steps", steps)

    def onward(_, x, v):
        x = _checks.held(x + dt * v, _OVERFLOW)
        return x, velocity(x)

    return walk((x, velocity(x)), onward, steps, far=far, away=_AWAY)


def _whole(journey):
    """A journey that took all its steps."""
    if journey.stopped is not None:
        raise _checks.OutOfRange(f"step {journey.stopped + 1}: {journey.reason}")
    return journey


def _inputs(bodies: object, masses: object, G: object, softening: object) -> tuple[Array, Array, float, float]:
    bodies, masses = _bodies(bodies, masses)
    return bodies, masses, _checks.number("G", G), _checks.number("softening", softening, minimum=0)


def _bodies(bodies: object, masses: object, name: str = "bodies") -> tuple[Array, Array]:
    bodies = _checks.tokens(bodies, name)
    n = bodies.shape[-2]
    masses = _checks.array("masses", masses, ndim_min=1, shape="(…, n)")
    if masses.shape[-1] != n:
        raise ValueError(f"masses must have shape (…, {n}), one for each row of {name}; got shape {masses.shape}")
    if not (masses > 0).all():
        raise ValueError(f"masses must be above 0; got {masses.min()}")
    _checks.broadcast(**{name: bodies}, masses=masses[..., None])
    return bodies, masses


def _alike(positions, velocities, name="bodies"):
    if positions.shape[-2:] != velocities.shape[-2:]:
        wanted = ", ".join(map(str, positions.shape[-2:]))
        raise ValueError(f"velocities must have shape (…, {wanted}), as {name} have; got shape {velocities.shape}")
    _checks.broadcast(**{name: positions}, velocities=velocities)


def _pairs(bodies, softening):
    """xₖ − xᵢ for each pair, (…, n, n, d), and 1/√(r² + ε²), (…, n, n), with 0 for a body and itself."""
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by the caller's finite
        apart = bodies[..., None, :, :] - bodies[..., :, None, :]
        distance = np.hypot(norm(apart), softening).astype(bodies.dtype)
    here = np.eye(bodies.shape[-2], dtype=bool)
    if ((distance == 0) & ~here).any():
        raise _checks.OutOfRange("bodies must not stand on one point when softening is 0; use a softening above 0")
    with np.errstate(over="ignore"):
        return apart, np.divide(1, distance, out=np.zeros_like(distance), where=~here)
