"""The analogy's other side: bodies under gravity, and the two hybrids between gravity and attention; section 3.

Rows are bodies: `bodies` and `velocities` are (…, n, d), `masses` is (…, n). Leading axes broadcast; float32 stays
float32. Lengths, times and masses are pure numbers in units in which `G` is the number given.

G         : the gravitational constant.
softening : Plummer's ε. The distance r between two bodies enters as √(r² + ε²), so that a close meeting stays
            finite. 0 is Newton's law. Source: Plummer (1911); 0.1 is a choice for pictures, not for astronomy.

Bad input raises ValueError.
"""

from typing import Any

import numpy as np

from . import _checks
from ._typing import Array, ArrayLike
from .attention import content, potential_gradient_at


def pull(bodies: ArrayLike, masses: ArrayLike, *, G: float = 1.0, softening: float = 0.1) -> Array:
    """The force on each body, Σₖ G mᵢ mₖ (xₖ − xᵢ) / (rᵢₖ² + ε²)^{3/2}, of shape (…, n, d).

    Minus the gradient of the total potential energy, and of `gravity_potential` with the other bodies held still.
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    apart, near = _pairs(bodies, softening)
    with np.errstate(over="ignore", invalid="ignore"):  # said in words by finite
        weight = masses[..., :, None] * masses[..., None, :] * near**3
        return _checks.finite(G * (weight[..., None] * apart).sum(axis=-2), "bodies, masses and G give a force")


def gravity_potential(bodies: ArrayLike, masses: ArrayLike, *, G: float = 1.0, softening: float = 0.1) -> Array:
    """Uᵢ = −Σₖ G mₖ mᵢ / √(rᵢₖ² + ε²), of shape (…, n): the article's U of section 3, one number for each body.

    Every pair is in it twice, once for each partner: the potential energy of all is half the sum.
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    _, near = _pairs(bodies, softening)
    with np.errstate(over="ignore", invalid="ignore"):
        return _checks.finite(-G * masses * (near * masses[..., None, :]).sum(axis=-1), "bodies, masses and G give a potential")


def energy(bodies: ArrayLike, velocities: ArrayLike, masses: ArrayLike, *, G: float = 1.0, softening: float = 0.1) -> Array:
    """Kinetic and potential energy of all bodies together, ½ Σ mᵢ vᵢ² + ½ Σ Uᵢ, of shape (…)."""
    velocities = _checks.tokens(velocities, "velocities")
    bodies, masses = _bodies(bodies, masses)
    _alike(bodies, velocities)
    moving = (masses * (velocities**2).sum(axis=-1)).sum(axis=-1)
    return (moving + gravity_potential(bodies, masses, G=G, softening=softening).sum(axis=-1)) / 2


def momentum(velocities: ArrayLike, masses: ArrayLike) -> Array:
    """Σ mᵢ vᵢ, of shape (…, d)."""
    velocities, masses = _bodies(velocities, masses, "velocities")
    return (masses[..., None] * velocities).sum(axis=-2)


def orbits(
    bodies: ArrayLike, velocities: ArrayLike, masses: ArrayLike, *, dt: float = 0.01, steps: int = 100,
    G: float = 1.0, softening: float = 0.1,
) -> tuple[Array, Array]:  # fmt: skip
    """Newton's motion by leapfrog: positions and velocities, each of shape (steps + 1, …, n, d).

    Half a kick, a drift, half a kick: second order in `dt`, reversible and symplectic, so that the error of the
    energy stays bounded and does not pile up. Source: Hairer, Lubich and Wanner (2006), section I.1.4.
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    velocities = _checks.tokens(velocities, "velocities")
    _alike(bodies, velocities)

    def acceleration(x):
        return pull(x, masses, G=G, softening=softening) / masses[..., None]

    return _leapfrog(bodies, velocities, acceleration, 0.0, dt, steps)


def overdamped(
    bodies: ArrayLike, masses: ArrayLike, *, mobility: float = 1.0, dt: float = 0.01, steps: int = 100,
    G: float = 1.0, softening: float = 0.1,
) -> Array:  # fmt: skip
    """A hybrid: gravity without inertia. xᵢ ← xᵢ + dt mobility Fᵢ by Euler steps; positions (steps + 1, …, n, d).

    First order in time, as attention is. `mobility` is one number: what M is in equation (4).
    """
    bodies, masses, G, softening = _inputs(bodies, masses, G, softening)
    dt, steps, mobility = _checks.number("dt", dt), _checks.whole("steps", steps), _checks.number("mobility", mobility)
    states = [bodies]
    for number in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            after = states[-1] + dt * mobility * pull(states[-1], masses, G=G, softening=softening)
        states.append(_kept(after, number))
    return np.stack(np.broadcast_arrays(*states))


def inertial_attention(
    tokens: ArrayLike, velocities: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike, *, dt: float = 0.01,
    steps: int = 100, friction: float = 0.0, include_self: bool = False, causal: bool = False, scale: float = 1.0,
) -> tuple[Array, Array]:  # fmt: skip
    """The other hybrid: attention with inertia. Positions and velocities, each of shape (steps + 1, …, n, d).

    The content accelerates: dvᵢ/dt = V T aᵢ − friction vᵢ, dtᵢ/dt = vᵢ. Steps are leapfrog, with the exact decay by
    friction before and after: second order in `dt`. With much friction, and `dt` still short against 1/friction,
    the motion is that of equation (14) with a step of dt/friction.
    """
    tokens, velocities = _checks.tokens(tokens), _checks.tokens(velocities, "velocities")
    _alike(tokens, velocities, "tokens")
    friction = _checks.number("friction", friction, minimum=0)
    options: dict[str, Any] = {"include_self": include_self, "causal": causal, "scale": scale}
    return _leapfrog(tokens, velocities, lambda x: content(x, Q, K, V, **options), friction, dt, steps)


def flight(
    points: ArrayLike, velocities: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, *,
    mobility: float = 1.0, dt: float = 0.01, steps: int = 100, scale: float = 1.0,
) -> tuple[Array, Array]:  # fmt: skip
    """Queries with inertia among tokens that hold still: positions and velocities, each (steps + 1, …, p, d).

    dv/dt = mobility ∇φ(x), with φ that of `potential_at`; `mobility` is one number. Half the squared speed minus
    mobility φ(x) is conserved, as in mechanics: here φ is a fixed landscape, and M a number.
    """
    points, velocities = _checks.tokens(points, "points"), _checks.tokens(velocities, "velocities")
    _alike(points, velocities, "points")
    mobility = _checks.number("mobility", mobility)
    return _leapfrog(points, velocities, lambda x: mobility * potential_gradient_at(x, tokens, Q, K, scale=scale), 0.0, dt, steps)


def _leapfrog(x, v, acceleration, friction, dt, steps):
    """Kick–drift–kick between two half decays of the velocity; x and v at all times."""
    dt, steps = _checks.number("dt", dt), _checks.whole("steps", steps)
    with np.errstate(over="ignore"):
        decay = float(np.exp(-friction * dt / 2))
    positions, velocities = [x], [v]
    force = acceleration(x)  # of the end of one step is that of the start of the next
    for number in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):  # said in words by _kept
            v = decay * v + dt / 2 * force
            x = _kept(x + dt * v, number)
            force = _named(acceleration, x, number)
            v = _kept(decay * (v + dt / 2 * force), number)
        positions.append(x)
        velocities.append(v)
    whole = np.broadcast_shapes(positions[-1].shape, x.shape)
    return tuple(np.stack([np.broadcast_to(state, whole) for state in states]) for states in (positions, velocities))


def _named(acceleration, x, number):
    try:
        return acceleration(x)
    except ValueError as error:
        raise ValueError(f"step {number + 1}: {error}") from None


def _kept(state, number):
    if not np.isfinite(state).all():
        raise ValueError(f"step {number + 1}: positions or velocities overflow: use a smaller dt")
    return state


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
    apart = bodies[..., None, :, :] - bodies[..., :, None, :]
    distance = np.hypot(np.linalg.norm(apart, axis=-1), softening).astype(bodies.dtype)
    here = np.eye(bodies.shape[-2], dtype=bool)
    if ((distance == 0) & ~here).any():
        raise ValueError("bodies must not stand on one point when softening is 0; use a softening above 0")
    return apart, np.divide(1, distance, out=np.zeros_like(distance), where=~here)
