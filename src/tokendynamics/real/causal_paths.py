"""What a causal model carries where: heads replaced by their mean, the first token, states and heads patched from another run, and a tuned lens.

`shipped()` is the data that comes with the package; `python -m tokendynamics.real.causal_paths --out causal_paths.json` makes it again,
where the weights are (`smollm.missing`), in some twelve minutes of one core. Heads and layers are counted from 0, and a state by the
layers that made it: state 24 is what layer 23 leaves. Strings, meter and heads switched off are those of `causal_heads`.
"""

import argparse
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks, _data
from .._arrays import norm
from .._typing import Array, Integers
from . import labelled, laws, senses
from .causal_heads import repeated, second_half
from .causal_heads import shipped as causal_shipped
from .smollm import FILE, MODEL, PACKAGE, SHA256, VERSION, CausalModel, attend, forward, load, log_probabilities

PROMPT = "The capital of {} is"
PAIRS = (  # a country and its capital, twice; the first pair is the chapter's
    (("France", " Paris"), ("Italy", " Rome")),
    (("Spain", " Madrid"), ("Germany", " Berlin")),
    (("Japan", " Tokyo"), ("Russia", " Moscow")),
    (("Ireland", " Dublin"), ("Austria", " Vienna")),
    (("Poland", " Warsaw"), ("China", " Beijing")),
)
QUESTIONS = [(PROMPT.format(country), capital) for pair in PAIRS for country, capital in pair]
THIRD = ("Greece", " Athens")  # the control: neither of the two
RIDGE = 0.1  # of the tuned lens, times the mean variance
TOP = 12  # so many of the costliest heads are asked what the first token has to do with it


def shipped() -> dict[str, Any]:
    """{"about", "mean", "first", "sink", "patch", "tuned"}; what each holds is said where it is measured."""
    stored = _data.read("causal_paths.json")
    return {name: value if name in ("about", "patch") else _data.arrays(value) for name, value in stored.items()}


def mean_reads(model: CausalModel, ids: Integers) -> Array:
    """What each head reads on average, (L, H, d_head), over all places of the texts (…, n) but the first."""
    rows: list[Array] = []
    forward(model, ids, watch=lambda layer, heads: rows.append(_over(heads.reads[..., 1:, :])))
    return np.array(rows)


def _over(reads):
    """The mean over texts and places, (H, d_head), of (…, H, n, d_head)."""
    return np.moveaxis(reads, -3, 0).reshape(reads.shape[-3], -1, reads.shape[-1]).mean(axis=1)


def by_the_mean(
    model: CausalModel, ids: Integers, states: Array, mean: Array, chosen: Collection[tuple[int, int]], layers: Iterable[int] | None = None
) -> dict[str, Any]:
    """The rise of the meter with each head's mean in its place, "off" (L, H), and the meter with all `chosen` heads' at once, "chosen"."""
    whole, off = second_half(model, ids, states[-1]), np.zeros(mean.shape[:2])
    for layer in range(len(mean)) if layers is None else layers:
        for h in range(mean.shape[1]):
            end = forward(model, ids, instead={(layer, h): mean[layer, h]}, start=(layer, states[layer]))[-1]
            off[layer, h] = second_half(model, ids, end) - whole
    together = forward(model, ids, instead={(layer, h): mean[layer, h] for layer, h in chosen})[-1]
    return {"off": off, "chosen": second_half(model, ids, together)}


def at_the_first(model: CausalModel, ids: Integers, states: Array, heads: Sequence[tuple[int, int]]) -> dict[str, list[Any]]:
    """The rise of the meter with a head switched off (0) at the first token alone, "only", and at all others alone, "elsewhere"."""
    whole = second_half(model, ids, states[-1])
    found: dict[str, list[Any]] = {"heads": [list(head) for head in heads], "only": [], "elsewhere": []}
    for layer, h in heads:
        reads = attend(model, layer, states[layer]).reads[..., h, :, :]
        only, others = reads.copy(), np.zeros_like(reads)
        only[..., 0, :], others[..., 0, :] = 0, reads[..., 0, :]
        for name, read in (("only", only), ("elsewhere", others)):
            end = forward(model, ids, instead={(layer, h): read}, start=(layer, states[layer]))[-1]
            found[name].append(second_half(model, ids, end) - whole)
    return found


def sink_without(model: CausalModel, ids: Integers, head: tuple[int, int], layers: int = 14) -> dict[str, list[Any]]:
    """What a head does for the sink, as the model is and with the head off at the first token alone: two of each.

    share   : attention to the first token, mean over all heads and places from the third on
    longest : the longest state of any other token of each string (…, n) after so many layers
    """
    layer, h = head
    reads = attend(model, layer, forward(model, ids)[layer]).reads[..., h, :, :].copy()
    reads[..., 0, :] = 0
    found: dict[str, list[Any]] = {"share": [], "longest": []}
    for instead in (None, {head: reads}):
        shares: list[float] = []

        def watch(layer, heads, shares=shares):
            shares.append(heads.weights[..., 2:, 0].mean())

        states = forward(model, ids, instead=instead, watch=watch)
        found["share"].append(float(np.mean(shares)))
        found["longest"].append(norm(states[min(layers, model.n_layers)])[..., 1:].max(axis=-1).tolist())
    return found


def first_token(model: CausalModel, texts: Iterable[str]) -> dict[str, Array]:
    """The sink, mean over the places of the texts from the third on.

    share  : attention to the first token, (L, H);   even : the same of a head that looks evenly at all it sees
    length : of the first token's state, and others : of the others', (L + 1,)
    value  : of what a head reads from the first token, and value_others : from the others, (L, H)
    """
    rows: list[dict[str, list[Array]]] = []
    for text in texts:
        found: dict[str, list[Array]] = {"share": [], "value": [], "value_others": []}

        def watch(layer, heads, found=found):
            values = heads.tokens @ model.weights[f"blk.{layer}.attn_v.weight"].T  # (n, shared d_head)
            values = norm(values.reshape(len(values), model.n_shared, -1)).T.repeat(model.n_heads // model.n_shared, axis=0)  # (H, n)
            found["share"].append(heads.weights[:, 2:, 0].mean(axis=-1))
            found["value"].append(values[:, 0])
            found["value_others"].append(values[:, 1:].mean(axis=-1))

        size = norm(forward(model, model.ids(text), watch=watch))  # (L + 1, n)
        n = size.shape[1]
        more = {"length": size[:, 0], "others": size[:, 1:].mean(axis=1), "even": np.array((1 / np.arange(3, n + 1)).mean())}
        rows.append(found | more)
    return {name: np.mean([np.array(row[name]) for row in rows], axis=0) for name in rows[0]}


def patched(model: CausalModel, pair: Sequence[tuple[str, str]], third: tuple[str, str] = THIRD) -> dict[str, Any]:
    """One run's states and heads put into another's: how much of the answer comes with them.

    The two runs are of PROMPT with one country each. The measure is ln p of the first's capital less that of the second's at the last
    place: 0 as in the second run, which is patched, and 1 as in the first.

    states : (L + 1, n), the state of one place after so many layers, taken from the first run
    last   : (L + 1, 3), the last place's state alone so taken: the probabilities of the first's, the second's and the third's capital
    third  : (L + 1, 3), the control: the same, where that state comes from a run with a third country
    heads  : (L, H), what one head reads, at all places, taken from the first run
    """
    asked = [model.ids(PROMPT.format(country)) for country in (pair[0][0], pair[1][0], third[0])]
    if len({len(ids) for ids in asked}) > 1:
        raise ValueError(f"pair and third must be countries of as many tokens each; got {[len(ids) for ids in asked]}")
    capitals = [model.ids(capital) for _, capital in (*pair, third)]
    if any(len(ids) != 2 for ids in capitals):
        raise ValueError(f"pair and third must have capitals of one token each; got {[capital for _, capital in (*pair, third)]}")
    right, wrong, _ = numbers = [int(ids[1]) for ids in capitals]
    reads: list[Array] = []
    first, second, other = (forward(model, ids) for ids in asked)
    forward(model, asked[0], watch=lambda layer, heads: reads.append(heads.reads))

    def lead(end):
        guesses = log_probabilities(model, end[..., -1, :])
        return guesses[..., right] - guesses[..., wrong]

    low, high = lead(second[-1]), lead(first[-1])

    def recovered(end):
        return (lead(end) - low) / (high - low)

    return {
        "places": model.tokens(asked[0][1:]),
        "probability": [
            float(np.exp(log_probabilities(model, run[-1, -1])[number])) for run, number in zip((first, second, other), numbers)
        ],
        "states": _data.rounded(_by_state(model, asked[1], second, first, recovered)),
        "last": _data.rounded(_last_place(model, second, first, numbers)),
        "third": _data.rounded(_last_place(model, second, other, numbers)),
        "heads": _data.rounded(_by_head(model, asked[1], second, reads, recovered)),
    }


def _by_state(model, ids, run, source, recovered):
    n = len(ids)
    found = []
    for layer in range(len(run)):
        mixed = np.repeat(run[layer][None], n, axis=0)  # (places, n, d): a place patched in each
        mixed[np.arange(n), np.arange(n)] = source[layer]
        found.append(recovered(forward(model, np.repeat(ids[None], n, axis=0), start=(layer, mixed))[-1]))
    return np.array(found)[:, 1:]  # the first token is the same in all


def _last_place(model, run, source, numbers):
    found = []
    for layer in range(len(run)):
        mixed = run[layer].copy()
        mixed[-1] = source[layer][-1]
        end = forward(model, np.zeros(len(mixed), dtype=int), start=(layer, mixed))[-1]
        found.append(np.exp(log_probabilities(model, end[-1]))[numbers])
    return np.array(found)


def _by_head(model, ids, run, reads, recovered):
    found = np.zeros((model.n_layers, model.n_heads))
    for layer, h in np.ndindex(found.shape):
        found[layer, h] = recovered(forward(model, ids, instead={(layer, h): reads[layer][h]}, start=(layer, run[layer]))[-1])
    return found


def lens_texts() -> list[str]:
    """What the tuned lens is fitted to: the labelled sentences and the 54 of two senses, ten a text. The plain ones are left to score on."""
    each = [f"{sentence.text}." for sentence in labelled.read()] + [row[2] for row in senses.read_sentences()]
    return [" ".join(each[i : i + 10]) for i in range(0, len(each), 10)]


def fitted_lens(states: Array, last: Array) -> Callable[[Array], Array]:
    """An affine map from states of one layer to those after the last, by ridge regression, both scaled to a mean square of 1.

    Parameters
    ----------
    states, last : (n, d) array
        n places that it is fitted to.

    Returns
    -------
    function
        From states (…, d) to states (…, d).
    """
    states, last = _checks.shaped("states", states, None, None), _checks.shaped("last", last, None, None)
    if states.shape != last.shape:
        raise ValueError(f"last must have the shape of states, {states.shape}; got {last.shape}")
    x, y = _scaled(states).astype(np.float64), _scaled(last).astype(np.float64)
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    square = (x - x_mean).T @ (x - x_mean)  # (d, d)
    ridge = RIDGE * max(np.trace(square) / len(square), 1e-300)
    W = np.linalg.solve(square + ridge * np.eye(len(square)), (x - x_mean).T @ (y - y_mean))
    return lambda rows: ((_scaled(rows) - x_mean) @ W + y_mean).astype(rows.dtype)


def _scaled(states):
    size = norm(states, keepdims=True) / np.sqrt(states.shape[-1])
    return np.divide(states, size, out=np.zeros_like(states), where=size > 0)


def tuned(
    model: CausalModel, fit: Sequence[str], text: str, rng: np.random.Generator, asked: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """The next token read off after each layer of a text, by the lens of the last layer and by one fitted to each, {lens: {measure: (L + 1,)}}.

    "plain" is the read-out as it is, "tuned" with `fitted_lens` before it, but after the last layer; "dealt" with one that was fitted to last states of other places.
    loss : −ln p of the next token, nats;   agrees : share of places whose first guess is the final one
    surprise : the mean of ln p_final − ln p under p_final (the Kullback–Leibler divergence), nats

    "asked" has, of each (prompt, answer), the probability of the answer after each layer, by "plain" and by "tuned".
    """
    runs = np.concatenate([forward(model, model.ids(each))[:, 1:] for each in fit], axis=1)  # (L + 1, n, d)
    ids = model.ids(text)
    states = forward(model, ids)[:, 1:-1]  # the first token foretells nothing
    final = log_probabilities(model, states[-1])
    order = rng.permutation(runs.shape[1])
    lenses: dict[str, list[Callable[[Array], Array] | None]] = {
        "plain": [None] * len(runs),
        "tuned": [*(fitted_lens(run, runs[-1]) for run in runs[:-1]), None],
        "dealt": [fitted_lens(run, runs[-1][order]) for run in runs],
    }
    found: dict[str, Any] = {"places": len(ids) - 2, "fitted_to": runs.shape[1]}
    for name, by_layer in lenses.items():
        guesses = [log_probabilities(model, state if lens is None else lens(state)) for lens, state in zip(by_layer, states)]
        found[name] = {
            "loss": [-np.take_along_axis(each, ids[2:, None], axis=-1).mean() for each in guesses],
            "agrees": [(each.argmax(axis=-1) == final.argmax(axis=-1)).mean() for each in guesses],
            "surprise": [(np.exp(final) * (final - each)).sum(axis=-1).mean() for each in guesses],
        }
    return found | {"asked": [_asked(model, lenses, *each) for each in asked]}


def _asked(model, lenses, prompt, answer):
    last, number = forward(model, model.ids(prompt))[:, -1:], int(model.ids(answer)[1])
    return {"prompt": prompt, "answer": answer} | {
        name: [
            float(np.exp(log_probabilities(model, state if lens is None else lens(state)))[0, number])
            for lens, state in zip(lenses[name], last)
        ]
        for name in ("plain", "tuned")
    }


def costliest(off: Array, count: int = TOP) -> list[tuple[int, int]]:
    """The `count` heads (layer, head) of a table (L, H) with the largest numbers, largest first."""
    off, count = _checks.shaped("off", off, None, None), _checks.whole("count", count, minimum=1)
    order = np.argsort(-off.ravel(), kind="stable")[:count]
    return [(int(place) // off.shape[1], int(place) % off.shape[1]) for place in order]


def table(parts: Mapping[str, Any], command: str) -> dict[str, Any]:
    """What ships."""
    about = _data.about(
        what="What a causal model carries where; see tokendynamics.real.causal_paths",
        command=command,
        model={"name": MODEL, "file": FILE, "package": f"{PACKAGE} {VERSION}", "sha256": SHA256, "licence": "Apache-2.0"},
    )
    return {"about": about} | _data.rounded(dict(parts))


def main(arguments: Sequence[str] | None = None) -> None:
    """Replace heads by their mean, patch states and heads, fit a lens to each layer."""
    parser = argparse.ArgumentParser(prog="python -m tokendynamics.real.causal_paths", description=main.__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the JSON file to write")
    parser.add_argument("--weights", type=Path, help="the model's GGUF file; default: where it is installed")
    options = parser.parse_args(arguments)
    model, plain, causal = load(options.weights), laws.PLAIN.read_text(encoding="utf-8").splitlines(), causal_shipped()
    ids = repeated(model, np.random.default_rng(0))
    states = forward(model, ids)
    chosen = [(int(layer), int(h)) for layer, h in causal["sets"]["chosen_heads"]]
    parts: dict[str, Any] = {
        "mean": by_the_mean(model, ids, states, mean_reads(model, ids), chosen),
        "first": at_the_first(model, ids, states, costliest(causal["off"])) | first_token(model, plain[:13]),
        "sink": sink_without(model, ids, costliest(causal["off"])[0]),
        "patch": [{"pair": pair} | patched(model, pair) for pair in PAIRS],
        "tuned": tuned(model, lens_texts(), " ".join(plain[:10]), np.random.default_rng(0), QUESTIONS),
    }
    command = f"python -m tokendynamics.real.causal_paths --out {options.out.name}"
    _data.write(options.out, table(parts, command), f"{np.size(parts['mean']['off'])} heads, {len(PAIRS)} pairs")


if __name__ == "__main__":
    _data.command(main)
