"""The real model with one head changed, or with parts switched off: what a reader slides.

Every change is one of weights, so that a changed model is a model as any other. Layers and heads are counted from 1, as the book does.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from .. import _checks
from ..seeded import drawn_tokens
from .minilm import Model, heads, n_layers

VALUES = ("learned", "law", "random")
PARTS = ("nothing", "heads", "mlp", "both")


class Change(NamedTuple):
    """What is changed; as it stands, nothing.

    Attributes
    ----------
    layer, head : int, from 1
        The head.
    beta : float
        Factor of its scores, β / √d_head.
    gain : float
        Factor of its V: 0 switches it off.
    value : "learned", "law" or "random"
        Its V: as it is; V P with P the projector on the row space of QᵀK, which is M QᵀK, what equation (13) makes of it; or random of
        the same size.
    without : "nothing", "heads", "mlp" or "both"
        What writes nothing, in every layer. LayerNorms stay.
    """

    layer: int = 1
    head: int = 1
    beta: float = 1.0
    gain: float = 1.0
    value: str = "learned"
    without: str = "nothing"


NOTHING = Change()


def of_a_head(change: Change) -> bool:
    """Whether a head is changed."""
    return (change.beta, change.gain, change.value) != (1, 1, "learned")


def neutral(change: Change) -> bool:
    """Whether nothing is changed."""
    return not of_a_head(change) and change.without == "nothing"


def first(change: Change) -> int:
    """The first layer, from 0, that a change reaches: states before it are as they were."""
    return change.layer - 1 if change.without == "nothing" else 0


def bent(model: Model, change: Change) -> Model:
    """The model with a change made.

    Parameters
    ----------
    model : Model
    change : Change

    Returns
    -------
    Model
        It shares what is not changed with the model it is made of, which stays as it is.
    """
    check(model, change)
    weights = dict(model.weights)
    if of_a_head(change):
        _bend(weights, model.n_heads, change)
    off = {"heads": ["attention.output.dense"], "mlp": ["output.dense"], "both": ["attention.output.dense", "output.dense"]}
    for layer in range(n_layers(weights)):
        for part in off.get(change.without, ()):
            for kind in ("weight", "bias"):
                name = f"encoder.layer.{layer}.{part}.{kind}"
                weights[name] = np.zeros_like(weights[name])
    changed = replace(model, weights=weights)
    vars(changed)["heads"] = _heads(model, weights, change)  # those of other layers are made already
    return changed


def check(model: Model, change: Change) -> None:
    """ValueError for a change that cannot be made in the model."""
    if not isinstance(model, Model):
        raise ValueError(f"model must be a Model, as minilm.load gives it; got {model!r:.60}")
    if not isinstance(change, Change):
        raise ValueError(f"change must be a Change; got {change!r:.60}")
    _checks.whole("layer", change.layer, minimum=1, maximum=n_layers(model.weights))
    _checks.whole("head", change.head, minimum=1, maximum=model.n_heads)
    _checks.number("beta", change.beta)
    _checks.number("gain", change.gain)
    _checks.choice("value", change.value, VALUES)
    _checks.choice("without", change.without, PARTS)


def _bend(weights, n_heads, change):
    """The rows of a head in W_Q and W_V, and their biases, exchanged for changed ones."""
    Q, K, W = (_rows(weights, n_heads, change, which) for which in ("query", "key", "value"))  # (d_head, d + 1) each
    if change.value == "law":
        W = _on_row_space(Q, K, W)
    if change.value == "random":
        W_O = _columns(weights, n_heads, change)  # (d, d_head)
        wild = drawn_tokens(len(W), W.shape[1], n_heads * (change.layer - 1) + change.head - 1)
        W = wild * (np.linalg.norm(W_O @ W) / np.linalg.norm(W_O @ wild))
    _write(weights, n_heads, change, "query", change.beta * Q)
    _write(weights, n_heads, change, "value", change.gain * W)


def _on_row_space(Q, K, W):
    """W P, (d_head, d + 1), with P the projector on the row space of QᵀK: of a head's values what (13) can give back."""
    triangle = np.linalg.qr(Q.T, mode="r")  # (d_head, d_head): with K it has the row space and the singular values of QᵀK
    _, sigma, rows = np.linalg.svd(triangle @ K, full_matrices=False)
    rows = rows[sigma > sigma.max() * Q.shape[-1] * np.finfo(sigma.dtype).eps]  # (rank, d + 1), at right angles
    return W @ rows.T @ rows


def _rows(weights, n_heads, change, which):
    """A head's rows of W and its part of b as the last column, (d_head, d + 1), float64."""
    W, b = (weights[_name(change, f"self.{which}.{kind}")] for kind in ("weight", "bias"))
    part = _part(len(W), n_heads, change)
    return np.column_stack([W[part], b[part]]).astype(np.float64)


def _columns(weights, n_heads, change):
    """A head's columns of W_O, (d, d_head), float64."""
    W_O = weights[_name(change, "output.dense.weight")]
    return W_O[:, _part(W_O.shape[1], n_heads, change)].astype(np.float64)


def _write(weights, n_heads, change, which, rows):
    for kind, new in (("weight", rows[:, :-1]), ("bias", rows[:, -1])):
        name = _name(change, f"self.{which}.{kind}")
        weights[name] = weights[name].copy()
        weights[name][_part(len(weights[name]), n_heads, change)] = new


def _name(change, part):
    return f"encoder.layer.{change.layer - 1}.attention.{part}"


def _part(rows, n_heads, change):
    d_head = rows // n_heads
    return slice((change.head - 1) * d_head, change.head * d_head)


def _heads(model, weights, change):
    if change.without in ("heads", "both"):
        return [heads(weights, layer, model.n_heads) for layer in range(n_layers(weights))]
    made = list(model.heads)
    if of_a_head(change):
        made[change.layer - 1] = heads(weights, change.layer - 1, model.n_heads)
    return made
