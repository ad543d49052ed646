"""How far the packed model is from the full one: the cosines of its tokens' states with the full model's, layer by layer, and each verdict's number.

`shipped()` is the table that comes with the package; `python -m tokendynamics.real.packed_error --out real_packed_error.json` makes it again,
with the full weights. The full model's numbers are those of the other shipped tables. The packed model's are measured in the same way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import _data
from .._arrays import unit
from .._typing import Array
from . import laws, minilm, senses
from .minilm import Model

PIECE = 3  # so many sentences are kept apart, so that a test can measure them again


def shipped() -> dict[str, Any]:
    """{"about", "cosines", "piece", "verdicts"}.

    "cosines" holds the "least" and the "mean" by layer, (7,), over all tokens of the 54 sentences, and "piece" those of the first PIECE;
    "verdicts" is {claim: {"full", "packed"}}, of the claims of Chapter 6 that stand on this model.
    """
    stored = _data.read("real_packed_error.json")
    return stored | {name: _data.arrays(stored[name]) for name in ("cosines", "piece")}


def cosines(full: Model, packed: Model, sentences: Sequence[str]) -> dict[str, Array]:
    """The "least" and the "mean" cosine of a token's state in the one model with its state in the other, by layer, (L + 1,)."""
    each = [np.einsum("lnd,lnd->ln", *(unit(run) for run in pair)) for pair in zip(*(laws.states(m, sentences) for m in (full, packed)))]
    together = np.concatenate(each, axis=1)  # (L + 1, tokens)
    return {"least": together.min(axis=1), "mean": together.mean(axis=1)}


def verdicts(tables: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, float]:
    """{claim: its number}, of tables as `laws.shipped` has them and of words as `senses.shipped` has them."""
    heads = {law: np.mean(values["mean"], axis=1) for law, values in tables["heads"].items() if law != "roles"}
    layers = {law: values["mean"] for law, values in tables["layers"].items()}
    gaps = [np.subtract(*senses.within_across(data, word)) for word in data["words"]]
    return {
        "drive": np.min(heads["cosine"]),
        "climb-trained": np.min(layers["uphill_held_heads"]),
        "context": np.mean(gaps, axis=0)[6],
        "pseudo-inverse": np.min(heads["missed_by_M"]),
        "layer-climbs": np.max(layers["climbs_layer"]),
        "third-law-trained": np.max(heads["third_law"]),
        "slope-trained": np.max(heads["gradient_share"]),
        "cluster-trained": (tables["unlike"]["inside"] - tables["unlike"]["between"])[5],
        "euler-trained": np.max(layers["flow_error"]),
        "plane": np.mean([entry["right"] for entry in data["held_out"].values()], axis=0)[6],
    }


def measured(model: Model) -> dict[str, float]:
    """`verdicts` of a model, measured on it."""
    texts = laws.sentences()
    runs = laws.states(model, texts)
    tables = {
        "heads": laws.heads_table(model, runs),
        "layers": laws.layers_table(laws.laws_of_layers(model, runs)),
        "unlike": laws.unlike(runs, [model.tokens(text) for text in texts]),
    }
    rows = senses.read_sentences()
    return verdicts(tables, senses.journeys(model, rows) | {"held_out": senses.held_out_words(model, rows)})


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure how far the packed model is from the full one."""
    options = _data.parser("real.packed_error", "Measure how far the packed model is from the full one.").parse_args(arguments)
    full, packed = minilm.load(options.weights, packed=False), minilm.load(packed=True)
    sentences = [row[2] for row in senses.read_sentences()]
    about = _data.about(
        what="How far the packed model is from the full one; see tokendynamics.real.packed_error",
        command=f"python -m tokendynamics.real.packed_error --out {options.out.name}",
        model=minilm.CARD,
        packing=packed.packing,
        sentences=len(sentences),
    )
    ours, theirs = verdicts(laws.shipped(), senses.shipped()), measured(packed)
    data = {
        "cosines": cosines(full, packed, sentences),
        "piece": cosines(full, packed, sentences[:PIECE]),
        "verdicts": {claim: {"full": ours[claim], "packed": theirs[claim]} for claim in ours},
    }
    _data.write(options.out, {"about": about} | _data.rounded(data, 5), f"{len(sentences)} sentences, {len(ours)} verdicts")


if __name__ == "__main__":
    _data.command(main)
