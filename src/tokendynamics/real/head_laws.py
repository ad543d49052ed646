"""The laws of Chapters 1 to 4, measured on the heads of one layer and one sentence, each with its controls.

Tokens are (n, d + 1) with a last coordinate of 1, as `minilm.with_constant` makes them; Q and K are
(H, d_head, d + 1), V is (H, d + 1, d + 1) with a last row of zeros. A token cannot move along the constant, so forces
and motions are compared in the other d coordinates. β = 1/√d_head and tokens attend to themselves too. No units.

Controls of a motion are `arrows`: "random", of the same lengths in random directions, and "dealt", the motions
themselves given to other tokens of the sentence. Random weights are the caller's to pass as Q, K and V.
"""

from typing import Any

import numpy as np

from .. import _checks, attention
from .._arrays import norm, share, sized, transpose, unit
from .._typing import Array, ArrayLike
from .minilm import scale, with_constant

ROLES = ("itself", "previous", "next", "[CLS]", "[SEP]")


@np.errstate(all="ignore")  # said in words by _finite
def head_laws(tokens: Array, Q: Array, K: Array, V: Array, through: Array, rng: np.random.Generator) -> dict[str, Array]:
    """One number a head for each law, {name: (H,)}.

    cosine          : of V T a and ∇φ, mean over tokens; 1 would be motion along the force
    climbs          : share of tokens whose own φ is higher after the motion, all keys held, (4);  rises : by how much
    climbs_held     : the same, the token brought back to the length it had
    uphill          : share of tokens with V T a · ∇φ > 0: a small step;  uphill_held : a small step along the sphere
      each of these with _random and _dealt
    third_law       : ‖Σ V T a‖ / Σ ‖V T a‖, 0 if updates cancel, 1 if all go one way;  third_law_random
    pairs           : ‖f_ik + f_ki‖ / (‖f_ik‖ + ‖f_ki‖), f_ik = aᵢₖ V tₖ, mean over pairs: 0 is action = reaction
    gradient_share  : of the Jacobian of V T a in the query's place, the symmetric part's share of length: 1 for a gradient
    missed_by_M     : ‖M∇φ − V T a‖ / ‖V T a‖ over the sentence, (5) on tokens
    step            : ‖V T a‖ over the token's length, mean over tokens
    roles           : attention to itself, the previous and next token, the first and the last, (H, 5), mean over tokens

    Parameters
    ----------
    tokens : (n, d + 1) array
    Q, K : (H, d_head, d + 1) array
    V : (H, d + 1, d + 1) array
    through : (H, d + 1, d + 1) array
        M QᵀK of each head.
    rng : numpy.random.Generator
        Of the random and the dealt motions.

    Returns
    -------
    dict of arrays
    """
    tokens = _checks.shaped("tokens", tokens, None, None)
    options: dict[str, Any] = {"include_self": True, "scale": scale(Q)}
    weights = attention.attention_weights(tokens, Q, K, **options)
    pull = attention.force(tokens, Q, K, **options)[..., :-1]
    motion = attention.content(tokens, Q, K, V, **options)[..., :-1]
    through = _checks.value_matrix(through, tokens.shape[-1])
    found = {name: value for kind, arrow in arrows(motion, rng).items() for name, value in _climb(tokens, Q, K, pull, arrow, kind).items()}
    lengths = norm(motion)
    asked = (weights @ tokens @ transpose(through))[..., :-1]
    found |= {
        "third_law": balance(motion),
        "third_law_random": balance(arrows(motion, rng)["_random"]),
        "pairs": pair_balance(weights, tokens @ transpose(V)),
        "gradient_share": gradient_share(weights, tokens, Q, K, V).mean(axis=-1),
        "missed_by_M": np.linalg.norm(asked - motion, axis=(-2, -1)) / np.linalg.norm(motion, axis=(-2, -1)),
        "step": (lengths / np.linalg.norm(tokens[:, :-1], axis=-1)).mean(axis=-1),
        "roles": roles(weights),
    }
    return {name: _finite(name, value) for name, value in found.items()}


def arrows(motion: ArrayLike, rng: np.random.Generator) -> dict[str, Array]:
    """{"": motion, "_random": as long, in random directions, "_dealt": motions of other tokens}, each (…, n, d)."""
    motion = _checks.tokens(motion, "motion")
    n, d = motion.shape[-2:]
    if n < 2:
        raise ValueError(f"motion must be of at least two tokens, (…, n, d); got shape {motion.shape}")
    wild = _checks.generator("rng", rng).standard_normal((n, d))
    wild = wild * (norm(motion) / np.linalg.norm(wild, axis=-1))[..., None]
    return {"": motion, "_random": wild, "_dealt": motion[..., (np.arange(n) + rng.integers(1, n)) % n, :]}


def _climb(tokens, Q, K, pull, motion, kind):
    own = tokens[:, :-1]
    along = (motion * pull).sum(axis=-1)
    outward = (motion * own).sum(axis=-1) * (pull * own).sum(axis=-1) / (own * own).sum(axis=-1)
    before = attention.potential(tokens, Q, K, include_self=True, scale=scale(Q))
    after = height(own + motion, tokens, Q, K)
    held = height(unit(own + motion) * norm(own, keepdims=True), tokens, Q, K)
    cosine = along / np.linalg.norm(motion, axis=-1) / np.linalg.norm(pull, axis=-1)
    each = {
        "cosine": cosine, "climbs": after > before, "rises": after - before, "climbs_held": held > before,
        "uphill": along > 0, "uphill_held": along > outward,
    }  # fmt: skip
    return {name + kind: value.mean(axis=-1) for name, value in each.items()}


def height(points: ArrayLike, tokens: ArrayLike, Q: Array, K: ArrayLike) -> Array:
    """φ at (…, n, d) points in the landscape of the tokens where they stand, (…, n)."""
    return attention.potential_at(with_constant(_checks.tokens(points, "points")), tokens, Q, K, scale=scale(Q))


def balance(moves: ArrayLike) -> Array:
    """‖Σ moves‖ / Σ ‖moves‖ of (…, n, d): 0 where action is reaction, and where nothing moves."""
    moves = sized(_checks.array("moves", moves, ndim_min=2, shape="(…, n, d)"), (-2, -1))[0]
    return share(np.linalg.norm(moves.sum(axis=-2), axis=-1), np.linalg.norm(moves, axis=-1).sum(axis=-1))


def pair_balance(weights: ArrayLike, values: ArrayLike) -> Array:
    """‖f_ik + f_ki‖ / (‖f_ik‖ + ‖f_ki‖), f_ik = aᵢₖ V tₖ, mean over pairs; (…, n, n), (…, n, d) → (…)."""
    weights = sized(_checks.array("weights", weights, ndim_min=2, shape="(…, n, n)"), (-2, -1))[0]
    values = sized(_checks.array("values", values, ndim_min=2, shape="(…, n, d)"), (-2, -1))[0]
    _square("weights", weights)
    if values.shape[:-1] != weights.shape[:-1]:
        raise ValueError(f"values must have shape {(*weights.shape[:-1], 'd')}, a row for each weight's; got {values.shape}")
    inner = values @ transpose(values)  # (…, n, n)
    length = np.sqrt(np.diagonal(inner, axis1=-2, axis2=-1))
    one, other = weights * length[..., None, :], transpose(weights) * length[..., :, None]
    both = one**2 + other**2 + 2 * weights * transpose(weights) * inner
    i, k = np.triu_indices(weights.shape[-1], 1)
    return share(np.sqrt(np.maximum(both, 0)), one + other)[..., i, k].mean(axis=-1)


@np.errstate(all="ignore")  # said in words by _finite
def gradient_share(weights: ArrayLike, tokens: ArrayLike, Q: ArrayLike, K: ArrayLike, V: ArrayLike) -> Array:
    """‖(J + Jᵀ)/2‖ / ‖J‖ of each token's J = ∂(V T a)/∂tᵢ, keys held; 1 if the motion is a gradient, (…, n).

    J = β V C KᵀQ with C the covariance of the tokens under the weights a. All its products are of n × n matrices:
    J = X Yᵀ, so ‖J‖² = tr XᵀX YᵀY and tr JJ = tr (YᵀX)².
    """
    weights, tokens = _checks.tokens(weights, "weights"), _checks.tokens(tokens)
    n, d = tokens.shape[-2:]
    if weights.shape[-2:] != (n, n) or (weights < 0).any():
        raise ValueError(f"weights must be shares of shape (…, {n}, {n}), as there are {n} tokens; got shape {weights.shape}")
    (Q, K), V = _checks.query_key(Q, K, d), _checks.value_matrix(V, d)
    values, pulls = tokens @ transpose(V), tokens @ transpose(K) @ Q
    # (…, n, n, d): all tokens, seen from each token's own mean
    X, Y = (np.sqrt(weights)[..., None] * (x[..., None, :, :] - (weights @ x)[..., None, :])[..., :-1] for x in (values, pulls))
    XX, YY, YX = X @ transpose(X), Y @ transpose(Y), Y @ transpose(X)
    square = (XX * YY).sum(axis=(-2, -1))
    share = np.sqrt(np.clip(0.5 + (YX * transpose(YX)).sum(axis=(-2, -1)) / square / 2, 0, 1))
    return _finite("gradient_share", share)


def symmetric_share(matrix: ArrayLike) -> Array:
    """‖(A + Aᵀ)/2‖ / ‖A‖ of (…, d, d): 1 for a symmetric matrix, 0.71 on average for a random one."""
    matrix = sized(_checks.array("matrix", matrix, ndim_min=2, shape="(…, d, d)"), (-2, -1))[0]
    _square("matrix", matrix)
    return share(np.linalg.norm(matrix + transpose(matrix), axis=(-2, -1)), 2 * np.linalg.norm(matrix, axis=(-2, -1)))


def _finite(name, value):
    if not np.isfinite(value).all():
        raise ValueError(f"{name} cannot be measured: a force or a motion is 0, or its square is past what {value.dtype} holds")
    return value


def _square(name, matrix):
    if matrix.shape[-1] != matrix.shape[-2] or matrix.shape[-1] < 2:
        raise ValueError(f"{name} must have shape (…, n, n) with n of at least 2; got shape {matrix.shape}")


def roles(weights: ArrayLike) -> Array:
    """How much of the attention (…, n, n) goes to each of ROLES, (…, 5), mean over the tokens that have such a one."""
    weights = _checks.array("weights", weights, ndim_min=2, shape="(…, n, n)")
    _square("weights", weights)
    previous, following = (np.diagonal(weights, k, -2, -1).mean(axis=-1) for k in (-1, 1))
    itself = np.diagonal(weights, 0, -2, -1).mean(axis=-1)
    return np.stack([itself, previous, following, weights[..., 1:, 0].mean(-1), weights[..., :-1, -1].mean(-1)], axis=-1)


@np.errstate(all="ignore")  # said in words by _finite
def slope_error(tokens: ArrayLike, Q: Array, K: ArrayLike, rng: np.random.Generator, step: float = 1e-3) -> Array:
    """The largest error of (9): force along a random direction against the slope of φ by differences, over ‖force‖."""
    pull = attention.force(tokens, Q, K, include_self=True, scale=scale(Q))
    tokens, step = _checks.tokens(tokens), _checks.number("step", step, minimum=0)
    along = _checks.generator("rng", rng).standard_normal(tokens.shape)
    along /= np.linalg.norm(along, axis=-1, keepdims=True)

    def slope(h):
        up, down = (attention.potential_at(tokens + s * h * along, tokens, Q, K, scale=scale(Q)) for s in (1, -1))
        return (up - down) / (2 * h)

    slopes = (4 * slope(step / 2) - slope(step)) / 3  # the error left is of order step⁴
    return _finite("slope_error", (np.abs(slopes - (pull * along).sum(axis=-1)) / np.linalg.norm(pull, axis=-1)).max(axis=-1))
