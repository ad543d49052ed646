"""What heads, MLP and LayerNorm do to a token of a real model, each by itself; and what happens without the mark that most attention goes to.

`shipped()` is the data that comes with the package; `python -m tokendynamics.real.parts --out real_parts.json` makes it again. The model
is all-MiniLM-L6-v2, and the sentences are those of `laws`. A layer of it is t ← N(t + heads), then t ← N(t + MLP), N a LayerNorm.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import _checks, _data
from .._arrays import norm, transpose
from .._typing import Array
from ..attention import attention_weights
from . import minilm
from .head_laws import balance
from .laws import sentences, states
from .minilm import HeadMatrices, Model, Weights, scale, with_constant

PIECE = 2  # so many sentences are kept apart, so that a test can measure them again
ENDS = {"[CLS]": 0, "[SEP]": -1, "a word": 3}  # which token's attention is deleted, or value silenced; the word is the third
WAYS = ("deleted", "silenced")
FIRST, OTHERS = "[CLS]", "others"  # the lengths of the first token, the sink, are of another size than all others', and would hide them


def shipped() -> dict[str, Any]:
    """{"about", "lengths", "crowd", "sink", "without", "piece"}; what each holds is said where it is measured.

    "lengths" are medians over tokens, of the first ones and of all others apart, and the rest means over sentences.
    """
    stored = _data.read("real_parts.json")
    return {name: value if name == "about" else _data.arrays(value) for name, value in stored.items()}


def lengths(weights: Weights, layer: int, tokens: Array, n_heads: int) -> dict[str, Array]:
    """How far each part of a layer moves each token of (n, d), {what: (n,)}.

    "token" is the token's own length; "heads" and "mlp" what they write; "heads_norm" and "mlp_norm" how far the LayerNorm after each
    moves the token on; "heads_step" and "mlp_step" both together, from before the part to after its LayerNorm. "heads_left" and
    "mlp_left" are how much of what was written is left then: how far both together go along it, as a share of its length. "times" is
    how many times as long as what the heads write is what the MLP writes.
    """
    wrote = minilm.written(weights, layer, tokens, *minilm.heads(weights, layer, n_heads))
    middle = minilm.add_and_norm(weights, layer, tokens, wrote)
    mlp = minilm.mlp_written(weights, layer, middle)
    end = minilm.mlp(weights, layer, middle)
    moves = {
        "token": tokens, "heads": wrote, "heads_norm": middle - tokens - wrote, "heads_step": middle - tokens,
        "mlp": mlp, "mlp_norm": end - middle - mlp, "mlp_step": end - middle,
    }  # fmt: skip
    left = {f"{part}_left": (moves[part] * moves[f"{part}_step"]).sum(axis=1) / norm(moves[part]) ** 2 for part in ("heads", "mlp")}
    return {name: norm(move) for name, move in moves.items()} | left | {"times": norm(mlp) / norm(wrote)}


def crowd(a: Array, values: Array, rng: np.random.Generator) -> dict[str, float]:
    """‖Σ V T a‖ / Σ ‖V T a‖ of one sentence, mean over heads, for weights (H, n, n) and values (H, n, d).

    "model" as it is; "deleted" without attention to the first token; "reshuffled" the same, each token's weights in random order, so that
    nobody looks where it would; "centred" as "deleted", the mean of the words' values taken from each.
    """
    kept, rest = renormalised(a, 0)[..., 1:], values[..., 1:, :]
    moves = {
        "model": a @ values,
        "deleted": kept @ rest,
        "reshuffled": rng.permuted(kept, axis=-1) @ rest,
        "centred": kept @ (rest - rest.mean(axis=-2, keepdims=True)),
    }
    return {name: float(balance(move).mean()) for name, move in moves.items()}


def renormalised(a: Array, token: int) -> Array:
    """Attention (…, n, n) with none left for one token, each row a share of what remains."""
    a = _checks.array("a", a, ndim_min=2, shape="(…, n, n)").copy()
    token = _checks.whole("token", token, minimum=-a.shape[-1], maximum=a.shape[-1] - 1)
    a[..., token] = 0
    total = a.sum(axis=-1, keepdims=True)
    if not (np.isfinite(total).all() and (total > 0).all()):
        raise ValueError("a must leave some attention for other tokens in every row")
    return a / total


def sink(a: Array, values: Array) -> dict[str, float]:
    """Where attention goes that fetches little: the share that the first token gets from the others, (H, n, n) and (H, n, d) → numbers.

    "share" is that; "length" and "others" the length of the first token's value V t, and of the words' between the marks; mean over heads.
    """
    size = norm(values)
    return {"share": float(a[:, 1:, 0].mean()), "length": float(size[:, 0].mean()), "others": float(size[:, 1:-1].mean())}


def without(model: Model, tokens: Array, token: int, way: str) -> Array:
    """All states of a sentence, (L + 1, n, d), run from the embedding with one token out of the others' sight in every layer.

    "deleted" shares its attention among the rest; "silenced" leaves the attention and takes its value away, so that it fetches nothing.
    The token itself sees as it did.
    """
    _checks.choice("way", way, WAYS)
    run, others = [tokens], np.arange(len(tokens)) != token % len(tokens)
    for layer in range(minilm.n_layers(model.weights)):
        heads = minilm.heads(model.weights, layer, model.n_heads)
        a, values = _weights_and_values(run[-1], heads)
        seen = a.copy()
        if way == "deleted":
            seen[:, others] = renormalised(a, token)[:, others]
        else:
            seen[:, others, token] = 0
        wrote = (seen @ values).sum(axis=0) + model.weights[f"encoder.layer.{layer}.attention.output.dense.bias"]
        run.append(minilm.mlp(model.weights, layer, minilm.add_and_norm(model.weights, layer, run[-1], wrote)))
    return np.stack(run)


def moved(run: Array, other: Array, token: int) -> Array:
    """By what share of their length the tokens of a run, (L + 1, n, d), are elsewhere in another, by layer; but the first and `token`."""
    chosen = np.setdiff1d(np.arange(1, run.shape[1]), [token % run.shape[1]])
    return (norm(other - run) / norm(run))[:, chosen].mean(axis=1)


def _weights_and_values(tokens: Array, heads: HeadMatrices) -> tuple[Array, Array]:
    """Attention (H, n, n) and the values V t, (H, n, d), the biases in them."""
    one = with_constant(tokens)
    a = attention_weights(one, heads.Q, heads.K, include_self=True, scale=scale(heads.Q))
    return a, (one @ transpose(heads.V))[..., :-1]


def table(model: Model, runs: Sequence[Array], layers: Iterable[int] = range(6)) -> dict[str, dict[str, Any]]:
    """ "lengths", "crowd" and "sink" by layer, of the sentences whose states are `runs`.

    "lengths" is {"[CLS]" or "others": {what: (L,)}}, medians over the first tokens and over all others; the rest is {what: (L,)}, means
    over sentences.
    """
    rows: dict[str, list[dict[str, float]]] = {FIRST: [], OTHERS: [], "crowd": [], "sink": []}
    for layer in layers:
        heads, rng = minilm.heads(model.weights, layer, model.n_heads), np.random.default_rng(layer)
        inside = [_weights_and_values(run[layer], heads) for run in runs]
        each = [lengths(model.weights, layer, run[layer], model.n_heads) for run in runs]
        for name, chosen in ((FIRST, slice(1)), (OTHERS, slice(1, None))):
            rows[name].append({what: float(np.median(np.concatenate([one[what][chosen] for one in each]))) for what in each[0]})
        rows["crowd"].append(_mean([crowd(a, values, rng) for a, values in inside]))
        rows["sink"].append(_mean([sink(a, values) for a, values in inside]))
    found = {name: {what: np.array([row[what] for row in by_layer]) for what in by_layer[0]} for name, by_layer in rows.items()}
    return {"lengths": {name: found.pop(name) for name in (OTHERS, FIRST)}} | found


def _mean(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {what: float(np.mean([row[what] for row in rows])) for what in rows[0]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what each part of a layer does, and what happens without the first token."""
    options = _data.parser("real.parts", "Measure what each part of a layer does, and what happens without the first token.").parse_args(
        arguments
    )
    model, texts = minilm.load(options.weights, packed=False), sentences()
    runs = states(model, texts)
    about = _data.about(
        what="Heads, MLP and LayerNorm of a real model, each by itself, and its sink; see tokendynamics.real.parts",
        command=f"python -m tokendynamics.real.parts --out {options.out.name}",
        model=minilm.CARD,
        sentences=len(texts),
    )
    ways = {
        name: {way: np.mean([moved(run, without(model, run[0], token, way), token) for run in runs], axis=0) for way in WAYS}
        for name, token in ENDS.items()
    }
    data = table(model, runs) | {"without": ways, "piece": table(model, runs[:PIECE])}
    _data.write(options.out, {"about": about} | _data.rounded(data), f"{len(texts)} sentences")


if __name__ == "__main__":
    _data.command(main)
