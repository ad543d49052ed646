"""What the heads of a causal model do: found by score, switched off one by one, and set beside controls.

`shipped()` is the data that comes with the package; `python -m tokendynamics.real.causal_heads --out causal_lm.json` makes it
again, where the weights are (`smollm.missing`). Heads are counted from 0, layers too. Losses are in nats.

The meter is the loss on a random string repeated: nothing but the string itself helps to guess its second half.
An induction head (Olsson et al. 2022) looks at what came after the last occurrence of the token that it stands on.
"""

import argparse
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks, _data
from .._arrays import exponentials, transpose
from .._typing import Array, ArrayLike, Integers
from ..learning import softmax
from . import _installed, laws
from .head_laws import arrows, balance
from .smollm import (
    BEGIN,
    FILE,
    MODEL,
    PACKAGE,
    SHA256,
    VERSION,
    CausalModel,
    forward,
    load,
    log_probabilities,
    rotate,
    scores,
)

SHIFTS = (1, 2, 4, 8, 16)
PROMPTS = {
    "The capital of France is": " Paris",
    "Monday, Tuesday, Wednesday,": " Thursday",
    "The opposite of hot is": " cold",
    "Once upon a": " time",
    "The sun rises in the": " east",
}


def shipped() -> dict[str, Any]:
    """The measurements, lists as arrays where they are numbers, and their provenance under "about"."""
    stored = _data.read("causal_lm.json")
    return {name: value if name in ("about", "lens") else _data.arrays(value) for name, value in stored.items()}


def repeated(model: CausalModel, rng: np.random.Generator, count: int = 8, length: int = 24) -> Integers:
    """`count` strings of `length` random words, each twice in a row: token numbers (count, 1 + 2 length), `BEGIN` first."""
    words = [i for i, word in enumerate(model.words) if re.fullmatch(r"Ġ[a-z]{3,}", word)]
    once = rng.choice(words, (count, length))
    return np.concatenate([np.full((count, 1), BEGIN), once, once], axis=1)


def losses(model: CausalModel, ids: ArrayLike, last: Array) -> Array:
    """−ln p of each next token, (…, n − 1), from the states after the last layer."""
    guesses = log_probabilities(model, last[..., :-1, :])  # (…, n - 1, vocabulary)
    return -np.take_along_axis(guesses, np.asarray(ids)[..., 1:, None], axis=-1)[..., 0]


def second_half(model: CausalModel, ids: Integers, last: Array) -> float:
    """The meter: mean loss of the second half of each string; its first word is left out, as nothing foretells it."""
    length = (ids.shape[-1] - 1) // 2
    return float(losses(model, ids[..., length:], last[..., length:, :])[..., 1:].mean())


def head_scores(weights: ArrayLike) -> dict[str, Array]:
    """Attention (…, n, n) on repeated strings → {score: (…,)}: the mean weight on the token that the name says.

    previous: the token before.   same: this token the first time.   induction: the token after that one.
    uniform_*: the same where a head looks evenly at all it sees.
    """
    weights = _checks.tokens(weights, "weights")
    n = weights.shape[-1]
    if weights.shape[-2] != n or n < 5 or n % 2 == 0:
        raise ValueError(f"weights must have shape (…, n, n), n = 1 + 2 length of at least 5; got shape {weights.shape}")
    length = (n - 1) // 2
    even = np.tri(n) / np.arange(1, n + 1)[:, None]
    here = {"previous": np.arange(2, n), "same": np.arange(length + 1, n), "induction": np.arange(length + 1, n)}
    back = {"previous": 1, "same": length, "induction": length - 1}
    pairs = {name: (rows, rows - back[name]) for name, rows in here.items()}
    found = {name: weights[..., i, k].mean(axis=-1) for name, (i, k) in pairs.items()}
    return found | {f"uniform_{name}": even[i, k].mean() for name, (i, k) in pairs.items()}


def score_all(model: CausalModel, ids: ArrayLike) -> tuple[dict[str, Array], Array]:
    """`head_scores` of every head, (L, H), mean over strings, and the states on the way."""
    rows: list[dict[str, Array]] = []
    states = forward(model, ids, watch=lambda layer, heads: rows.append(head_scores(heads.weights)))
    found = {name: each if np.ndim(each) == 0 else np.array([row[name].mean(axis=0) for row in rows]) for name, each in rows[0].items()}
    return found, states


def switched_off(model: CausalModel, ids: Integers, states: Array) -> Array:
    """By how much the meter rises when each head alone is switched off, (L, H)."""
    whole = second_half(model, ids, states[-1])
    rise = np.zeros((model.n_layers, model.n_heads))
    for layer, h in np.ndindex(rise.shape):
        rise[layer, h] = second_half(model, ids, forward(model, ids, off={(layer, h)}, start=(layer, states[layer]))[-1]) - whole
    return rise


def sets_off(
    model: CausalModel, ids: Integers, text: Integers, chosen: Collection[tuple[int, int]], rng: np.random.Generator, draws: int = 10
) -> dict[str, Any]:
    """The meter, and the loss on plain text, with no head off, with `chosen` off, and with as many others, at random.

    A random set takes as many heads from each layer as `chosen` does, none of them chosen.
    """

    def both(off):
        return [
            second_half(model, ids, forward(model, ids, off=off)[-1]),
            float(losses(model, text, forward(model, text, off=off)[-1]).mean()),
        ]

    def drawn():
        layers = [layer for layer, _ in chosen]
        free = {layer: [h for h in range(model.n_heads) if (layer, h) not in chosen] for layer in layers}
        return {
            (layer, h)
            for layer in set(layers)
            for h in rng.choice(free[layer], min(layers.count(layer), len(free[layer])), replace=False).tolist()
        }

    return {"none": both(()), "chosen": both(chosen), "random": [both(drawn()) for _ in range(draws)]}


def lens(model: CausalModel, text: str) -> dict[str, Any]:
    """The next token read off after each layer of a plain text: its loss, and how often its first guess is the last layer's."""
    ids = model.ids(text)
    guesses = [log_probabilities(model, state[:-1]) for state in forward(model, ids)]  # (n - 1, vocabulary) by layer
    final = guesses[-1].argmax(axis=-1)
    agrees = [(each.argmax(axis=-1) == final).mean() for each in guesses]
    by_chance = [(each.argmax(axis=-1) == np.roll(final, 7)).mean() for each in guesses]  # guesses of other places
    loss = [-np.take_along_axis(each, ids[1:, None], axis=-1).mean() for each in guesses]
    return {"loss": loss, "agrees": agrees, "agrees_dealt": by_chance, "tokens": len(ids)}


def prompts(model: CausalModel) -> list[dict[str, Any]]:
    """After each layer, how likely the expected next token is, and which is likeliest."""
    rows = []
    for prompt, answer in PROMPTS.items():
        guesses = log_probabilities(model, forward(model, model.ids(prompt))[:, -1])  # (L + 1, vocabulary)
        number = model.ids(answer)[1]
        best = [model.tokens(i)[0] for i in guesses.argmax(axis=-1)]
        rows.append({"prompt": prompt, "answer": answer, "probability": _data.rounded(np.exp(guesses[:, number])), "best": best})
    return rows


def rotary(model: CausalModel, texts: Iterable[str], rng: np.random.Generator) -> dict[str, Array]:
    """What places do to the potential, {name: (L, H)}, mean over the tokens of the texts but the first.

    moved       : how much of a token's attention goes elsewhere when it alone asks from SHIFTS places further on, (L, H, shifts)
    one_matrix  : ‖∇φ − QᵀK T a‖ / ‖∇φ‖: the cost of leaving the rotations out;   cosine_one : the cosine of the two
    slope_error : (9) with the rotations in, the largest error over ‖∇φ‖, by differences of φ
    cosine      : of V T a and ∇φ;   cosine_random : with random arrows;   third_law, third_law_random : ‖Σ V T a‖ / Σ ‖V T a‖
    """
    rows: list[list[dict[str, Array]]] = [[] for _ in range(model.n_layers)]
    for text in texts:
        forward(model, model.ids(text), watch=lambda layer, heads: rows[layer].append(_rotary(model, layer, heads, rng)))
    mean = {name: np.array([np.mean([row[name] for row in layer], axis=0) for layer in rows]) for name in rows[0][0]}
    return mean | {"slope_error": np.array([np.max([row["slope_error"] for row in layer], axis=0) for layer in rows])}


def _rotary(model, layer, heads, rng):
    tokens, (W_Q, W_K) = heads.tokens.astype(np.float64), index_parts(model, layer)
    q, k = tokens @ transpose(W_Q), tokens @ transpose(W_K)
    n, d_head = q.shape[-2:]
    places, beta = np.arange(n), d_head**-0.5
    turned = rotate(k, places, model.base)
    weights = softmax(scores(rotate(q, places, model.base), turned))
    elsewhere = [softmax(scores(rotate(q, places + s, model.base), turned)) for s in SHIFTS]
    pull = beta * rotate(weights @ turned, -places, model.base) @ W_Q
    plain = beta * (weights @ k) @ W_Q
    motion = heads.reads.astype(np.float64) @ transpose(heads.W_O)
    step = rng.standard_normal(tokens.shape)
    step *= 1e-3 / np.linalg.norm(step, axis=-1, keepdims=True)

    def potential(x):
        _, total, peak = exponentials(scores(rotate(x @ transpose(W_Q), places, model.base), turned))
        return (np.log(total) + peak)[..., 0]

    slope = (potential(tokens + step) - potential(tokens - step)) / 2
    size = np.linalg.norm(pull, axis=-1)
    random = arrows(motion, rng)["_random"]
    later = slice(2, None)  # the first token is a sink, and the next sees little else
    each = {
        "one_matrix": np.linalg.norm(pull - plain, axis=-1) / size, "cosine_one": _cosine(pull, plain),
        "cosine": _cosine(motion, pull), "cosine_random": _cosine(random, pull),
    }  # fmt: skip
    return {name: value[..., later].mean(axis=-1) for name, value in each.items()} | {
        "moved": np.stack([np.abs(other - weights).sum(axis=-1)[..., later].mean(axis=-1) / 2 for other in elsewhere], axis=-1),
        "slope_error": (np.abs(slope - (pull * step).sum(axis=-1)) / size / 1e-3).max(axis=-1),
        "third_law": balance(motion), "third_law_random": balance(random),
    }  # fmt: skip


def index_parts(model: CausalModel, layer: int) -> tuple[Array, Array]:
    """W_Q and W_K of each head, (H, d_head, d), float64; three heads share a W_K."""

    def split(which, n):
        W = model.weights[f"blk.{layer}.attn_{which}.weight"].astype(np.float64)
        return W.reshape(n, -1, W.shape[-1])

    return split("q", model.n_heads), np.repeat(split("k", model.n_shared), model.n_heads // model.n_shared, axis=0)


def index_by_distance(model: CausalModel, layer: int) -> Array:
    """‖QᵀR_ΔK − QᵀK‖ / ‖QᵀK‖ of each head at each distance Δ of SHIFTS, (H, shifts): 0 without rotations."""
    W_Q, W_K = index_parts(model, layer)
    A, B, same = W_Q @ transpose(W_Q), W_K @ transpose(W_K), np.eye(W_Q.shape[1])
    turns = [rotate(same, np.full(len(same), s), model.base).T - same for s in SHIFTS]  # ‖QᵀDK‖² = tr A D B Dᵀ
    return np.stack([np.sqrt((A * (D @ B @ D.T)).sum((-2, -1)) / (A * B).sum((-2, -1))) for D in turns], axis=-1)


def shuffled(model: CausalModel, seed: int) -> CausalModel:
    """The control: the numbers inside each matrix of the layers in random order."""
    return _installed.shuffled(model, "blk", seed)


def _cosine(a, b):
    return (a * b).sum(axis=-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Find the heads of the causal model by score, switch them off, and measure what its rotations do."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.real.causal_heads", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--weights", type=Path, help="the model's GGUF file; default: where it is installed")
    options = parser.parse_args(arguments)
    model, rng = load(options.weights), np.random.default_rng(0)
    plain = laws.PLAIN.read_text(encoding="utf-8").splitlines()
    ids = repeated(model, rng)
    found, states = score_all(model, ids)
    chosen = {(int(layer), int(h)) for layer, h in np.argwhere(found["induction"] > 0.3)}
    other = shuffled(model, 0)
    mixed, mixed_states = score_all(other, ids)
    data: dict[str, Any] = {
        "strings": {"count": len(ids), "length": (ids.shape[1] - 1) // 2, "by_place": losses(model, ids, states[-1]).mean(axis=0)},
        "scores": found, "scores_random_weights": {name: value for name, value in mixed.items() if "uniform" not in name},
        "meter_random_weights": second_half(other, ids, mixed_states[-1]),
        "off": switched_off(model, ids, states),
        "sets": {"chosen_heads": sorted(chosen)} | sets_off(model, ids, model.ids(" ".join(plain[:13])), chosen, rng),
        "rotary": rotary(model, plain[:13], rng),
        "index": np.array([index_by_distance(model, layer) for layer in range(model.n_layers)]),
        "index_random_weights": np.array([index_by_distance(other, layer) for layer in range(model.n_layers)]),
    }  # fmt: skip
    about = _data.about(
        what="What the heads of a causal model do; see tokendynamics.real.causal_heads",
        command=f"python -m tokendynamics.real.causal_heads --out {options.out.name}",
        model={"name": MODEL, "file": FILE, "package": f"{PACKAGE} {VERSION}", "sha256": SHA256, "licence": "Apache-2.0"},
    )
    reading = {"plain": _data.rounded(lens(model, " ".join(plain[:10]))), "prompts": prompts(model)}
    error = data["rotary"].pop("slope_error").max()
    whole = {"about": about} | _data.rounded(data) | {"slope_error": float(f"{error:.1e}"), "lens": reading}
    _data.write(options.out, whole, f"{np.size(data['off'])} heads")


if __name__ == "__main__":
    _data.command(main)
