"""The states of a crowd on its way through the layers, and what is read off each of them. Mirrored by engine.js."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ... import _checks, stack
from ..._typing import Array, ArrayLike
from ...energy import log_energy
from ...geometry import clusters, effective_rank

COSINE = 0.995  # tokens nearer in direction than this, 5.7°, are in one cluster
FAR = 1e6  # where tokens have run away


class Travelled(NamedTuple):
    """T + 1 states and what is read off each; fewer than were asked for where the tokens ran away, past 10⁶."""

    states: np.ndarray  # (T + 1, n, d)
    energy: np.ndarray  # (T + 1,), ln E in the layer to come
    clusters: np.ndarray  # (T + 1,), by direction
    rank: np.ndarray  # (T + 1,), effective
    stopped: int | None  # after how many layers they stopped; None where all were taken
    reason: str  # why, in words; "" where all were taken


def travel(
    tokens: ArrayLike, heads: Sequence[tuple[Array, Array, Array]], *, step: float = 1.0, method: str = "euler",
    norm: str | None = None, **options: Any,
) -> Travelled:  # fmt: skip
    """A crowd through all layers but the last, in which the last energy is read, as far as it goes.

    Parameters
    ----------
    tokens : (n, d) array
        Put on the surface of `norm` first.
    heads : L + 1 triples (Q, K, V)
    step : float, default 1
    method : "euler" or "rk4", default "euler"
    norm : None, "sphere" or "layernorm", default None
    **options : those of `attention`

    Returns
    -------
    Travelled
    """
    if (
        not isinstance(heads, (list, tuple, np.ndarray))
        or not len(heads)
        or not all(hasattr(head, "__len__") and len(head) == 3 for head in heads)
    ):
        raise ValueError(f"heads must be a list of (Q, K, V), one a layer and one more; got {type(heads).__name__}")
    start = stack.normalised(tokens, norm)
    went = stack.journey(start, heads[:-1], step=step, method=method, norm=norm, far=FAR, **options)
    energy = [log_energy(start, *heads[0][:2], **options)]
    stopped, reason = went.stopped, went.reason
    for number, state in enumerate(went.states[1:]):
        try:
            energy.append(log_energy(state, *heads[number + 1][:2], **options))
        except _checks.OutOfRange as error:
            stopped, reason = number, str(error)
            break
    states = went.states[: len(energy)]
    return Travelled(states, np.array(energy), clusters(states, cosine=COSINE), effective_rank(states), stopped, reason)
