"""Who climbs in a layer of the real model, and who would anyway: the rows of Chapter 6's table, read off `laws.shipped()`."""

from typing import Any, TypeAlias

from .. import _checks
from .._typing import Array

Rows: TypeAlias = list[tuple[str, Array | None]]
NEEDED = (
    "layers", "layers_first", "layers_without_first", "layers_of_each_shuffle",
    "without_bias", "without_bias_and_first", "without_biases",
)  # fmt: skip


def rows(laws: dict[str, Any]) -> Rows:
    """Name and shares by layer, (6,), of each row; a block's heading has None.

    Parameters
    ----------
    laws : dict
        What `laws.shipped` gives.

    Returns
    -------
    list of (str, array or None)
    """
    laws = _checks.mapping("laws", laws, "what `laws.shipped` gives", NEEDED)
    layers, own, fetched = (_means(laws[name]) for name in ("layers", "without_bias", "without_biases"))
    first, alone = _means(laws["layers_first"]), _means(laws["layers_without_first"])
    shuffles = laws["layers_of_each_shuffle"]["uphill_held_heads"]  # (models, 6)
    return [
        *_beside("all heads, a full step", layers, "climbs_heads"),
        ("   without the bias", own["climbs_heads"]),
        ("      as far, as long", own["climbs_heads_matched"]),
        ("   nor the values' biases", fetched["climbs_heads"]),
        ("      as far, as long", fetched["climbs_heads_matched"]),
        *_beside("all heads, a small step, length held", layers, "uphill_held_heads"),
        ("   without the bias", own["uphill_held_heads"]),
        ("   nor the values' biases", fetched["uphill_held_heads"]),
        ("   random weights, mean of three", shuffles.mean(axis=0)),
        ("      the lowest", shuffles.min(axis=0)),
        ("      the highest", shuffles.max(axis=0)),
        ("heads and LayerNorm, a full step", None),
        ("   the model", layers["climbs_normed"]),
        ("   random arrows, LayerNorm", layers["climbs_random_normed"]),
        *_beside("heads, LayerNorm and MLP, a full step", layers, "climbs_layer"),
        ("   random write, then the same", layers["climbs_random_layer"]),
        ("heads, LayerNorm and MLP, a small step, length held", None),
        ("   the model", layers["uphill_held_layer"]),
        ("   random arrows", layers["uphill_held_layer_random"]),
        ("   random write, then the same", layers["uphill_held_random_layer"]),
        *_beside("sentences whose sum rises, all move: heads", layers, "together_heads"),
        *_apart("[CLS]", first),
        *_apart("the others, [CLS] deleted", alone),
        ("   heads, small step", alone["uphill_held_heads"]),
        ("      without the bias", _means(laws["without_bias_and_first"])["uphill_held_heads"]),
        ("   sentences whose sum rises, heads", alone["together_heads"]),
        ("a token's new length over its old", None),
        ("   heads", layers["length_heads"]),
    ]


def _means(table):
    return {law: numbers["mean"] for law, numbers in table.items()}


def _beside(title: str, table: dict[str, Array], law: str) -> Rows:
    """What the model does, and what a motion in random directions does."""
    kinds = {"the model": "", "random arrows": "_random", "as far, as long": "_matched"}
    return [(title, None)] + [(f"   {name}", table[law + kind]) for name, kind in kinds.items()]


def _apart(title: str, table: dict[str, Array]) -> Rows:
    """Some of the tokens, by full steps and by the whole layer's small one."""
    found: Rows = [(title, None)]
    for part, law in {"heads": "heads", "whole layer": "layer"}.items():
        found += [(f"   {part}, full step", table[f"climbs_{law}"]), ("      as far, as long", table[f"climbs_{law}_matched"])]
    return [*found, ("   whole layer, small step", table["uphill_held_layer"])]
