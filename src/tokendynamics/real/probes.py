"""Roles of the heads of a real model: what a probe reads from each segment, and what is lost without it.

all-MiniLM-L6-v2 has 6 layers of 12 heads. A head writes a segment of 32 numbers for each token, before W_O. Two
questions to each, for three tasks on `labelled` sentences (an entity's kind, a sentence's class, its sentiment):

probe    : how often is a read-out right that sees this segment alone?
ablation : how much does a read-out of the last layer lose when this segment is switched off, to zero or to its mean?

A head is *chosen* on one part of the sentences and *scored* on another, by read-outs fitted on the other two: 12 ways
to deal four parts. For a probe the choice goes by how often it is right, for an ablation by how far from the right ones the
scores lie. `python -m tokendynamics.real.probes --out real_roles.json` makes what `shipped()` returns.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import permutations
from typing import Any, TypeAlias

import numpy as np

from .. import _checks, _data
from .._typing import Array, ArrayLike, Integers
from . import labelled, minilm
from .labelled import PARTS, TASKS, Rows, Sentence
from .minilm import Model, add_and_norm, joined, mlp, n_layers, segments
from .mobility import RIDGE, least_squares

DEALS = list(permutations(PARTS, 2))  # (chosen on, scored on)
Groups: TypeAlias = list[Array]  # an array (sentences, n, d) for each length n, as `Rows` groups them
OF_SENTENCES = ("class", "sentiment")  # asked of a whole sentence
SHUFFLES, LABELS = 3, 5  # seeds of the controls: shuffled models, shuffled labels


def shipped() -> dict[str, Any]:
    """The measurements that come with the package, as `measure` returns them, and their provenance under "about"."""
    return _data.read("real_roles.json")


def _finish(weights, layer, tokens, segments):
    """The tokens (…, n, d) after the layer, from what its heads have written (…, n, H d_head): W_O, LayerNorm, MLP, LayerNorm."""
    return mlp(weights, layer, add_and_norm(weights, layer, tokens, joined(weights, layer, segments)))


def run(model: Model, rows: Rows) -> tuple[list[Groups], list[Groups]]:
    """All states, [layer][group] (sentences, n, d) with the embedding first, and all segments, [layer][group] likewise."""
    states = [[np.stack([minilm.embed(model.weights, ids) for ids in group]) for group in rows.ids]]
    written = []
    for layer in range(n_layers(model.weights)):
        written.append([segments(model.weights, layer, tokens, model.n_heads) for tokens in states[-1]])
        states.append([_finish(model.weights, layer, *both) for both in zip(states[-1], written[-1])])
    return states, written


def run_without(model: Model, states: list[Groups], written: list[Groups], layer: int, directions: Array, to: str = "mean") -> Groups:
    """The last layer's states with part of what a layer's heads write switched off.

    Parameters
    ----------
    model : Model
    states, written : lists
        From `run`.
    layer : int
    directions : (H d_head, k) array
        Orthonormal columns that span the part; columns of the identity for one head.
    to : "zero" or "mean", default "mean"
        The mean is that over all tokens of all sentences.

    Returns
    -------
    list of (sentences, n, d) arrays
    """
    everything = np.concatenate([w.reshape(-1, w.shape[-1]) for w in written[layer]])
    middle = everything.mean(axis=0) if to == "mean" else np.zeros_like(everything[0])
    off = [w - (w - middle) @ directions @ directions.T for w in written[layer]]
    tokens = [_finish(model.weights, layer, *both) for both in zip(states[layer], off)]
    for later in range(layer + 1, n_layers(model.weights)):
        tokens = [_finish(model.weights, later, t, segments(model.weights, later, t, model.n_heads)) for t in tokens]
    return tokens


def fitted(x: ArrayLike, labels: ArrayLike, parts: ArrayLike, deal: Sequence[str]) -> Callable[[Array], Array]:
    """A read-out fitted by ridge on the two parts that are not in the deal: a function from rows to scores (rows, classes).

    Parameters
    ----------
    x : (rows, k) array
    labels : (rows,) whole numbers
    parts : (rows,) of PARTS
    deal : the parts that it does not see

    Returns
    -------
    function
    """
    x, labels, parts = _rows(x, labels, parts)
    return _fitted(x, labels, parts, _checks.names("deal", deal, PARTS))


def _fitted(x, labels, parts, deal):
    seen = ~np.isin(parts, deal)
    if not seen.any():
        raise ValueError(f"deal must leave rows to fit on; got {deal!r:.60}")
    target = np.eye(labels.max() + 1)[labels]
    x_mean, y_mean = x[seen].mean(axis=0, dtype=np.float64), target[seen].mean(axis=0)
    W = least_squares(x[seen] - x_mean, target[seen] - y_mean)
    return lambda rows: (rows - x_mean) @ W + y_mean


def _rows(x: object, labels: object, parts: object, name: str = "x") -> tuple[Array, Integers, Any]:
    """Rows of numbers, and the label and the part of each."""
    x = _checks.shaped(name, x, None, None)
    labels = _checks.integers("labels", labels, shape=f"({len(x)},)", high=1000, ndim=1)
    parts = np.array(_checks.one_each("parts", parts, len(x), f"rows of {name}"))
    if len(labels) != len(x):
        raise ValueError(f"labels must be one for each of the {len(x)} rows of {name}; got {len(labels)}")
    return x, labels, parts


def _marked(scores: object, labels: object, parts: object, part: str) -> tuple[Array, Integers, Any]:
    """Which rows are of the part; labels are held to the scores' columns."""
    scores, labels, parts = _rows(scores, labels, parts, "scores")
    here = parts == _checks.choice("part", part, PARTS)
    if labels.max() >= scores.shape[1] or not here.any():
        raise ValueError(f"labels must be below {scores.shape[1]}, a column of scores each, and some rows of part {part!r}")
    return scores, labels, here


def right(scores: ArrayLike, labels: ArrayLike, parts: ArrayLike, part: str) -> float:
    """How often the highest of the scores (rows, classes) is the right label's, on one part."""
    scores, labels, here = _marked(scores, labels, parts, part)
    return float((scores.argmax(axis=1) == labels)[here].mean())


def missed(scores: ArrayLike, labels: ArrayLike, parts: ArrayLike, part: str) -> float:
    """Mean squared distance of the scores from the label (1 for the right class, 0 for the others), on one part."""
    scores, labels, here = _marked(scores, labels, parts, part)
    with np.errstate(over="ignore"):  # said in words by finite
        square = ((scores - np.eye(scores.shape[1])[labels]) ** 2).sum(axis=1)[here].mean()
    return float(_checks.finite(square, "scores are"))


def probe(x: ArrayLike, labels: ArrayLike, parts: ArrayLike) -> Array:
    """How often a read-out of rows x is right, (12 deals, 2): on the part to choose on, on the part to score on."""
    x, labels, parts = _rows(x, labels, parts)
    best = {frozenset(deal): _fitted(x, labels, parts, deal)(x).argmax(axis=1) for deal in DEALS}  # both orders share one fit
    if not np.isin(PARTS, parts).all():
        raise ValueError(f"parts must hold some rows of each of {', '.join(PARTS)}")
    here = {part: np.isin(parts, part) for part in PARTS}
    return np.array([[(best[frozenset(deal)] == labels)[here[part]].mean() for part in deal] for deal in DEALS])


def choose(accuracy: ArrayLike) -> list[list[float]]:
    """For accuracies (L, H, 12, 2), each deal's best head on its first part: [layer, head, there, on the other part]."""
    accuracy = _checks.shaped("accuracy", accuracy, None, None, None, 2)
    flat = accuracy.reshape(-1, *accuracy.shape[2:])
    best = flat[:, :, 0].argmax(axis=0)
    heads = accuracy.shape[1]
    return [[int(h // heads), int(h % heads), *flat[h, deal].tolist()] for deal, h in enumerate(best)]


def probes(
    rows: Rows, written: list[Groups], n_heads: int, labels: dict[str, Integers] | None = None, layers: Iterable[int] | None = None
) -> dict[str, Array]:
    """`probe` for each segment and task, {task: (L, H, 12, 2)}; `labels` in place of the rows' own."""
    labels = rows.labels if labels is None else labels
    found = {}
    for task in TASKS:
        layer_rows = [rows.pooled(task, w).astype(np.float64) for w in (written if layers is None else [written[i] for i in layers])]
        found[task] = np.array([[probe(x, labels[task], rows.parts[task]) for x in np.split(r, n_heads, axis=1)] for r in layer_rows])
    return found


def basis(d: int, seed: int) -> Array:
    """A random orthonormal basis of d directions, (d, d), float32."""
    d, seed = _checks.whole("d", d, minimum=1, maximum=10_000), _checks.seed(seed)
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0].astype(np.float32)


def ablate(
    model: Model, rows: Rows, states: list[Groups], written: list[Groups], cuts: Iterable[tuple[int, Array, str]]
) -> dict[str, Array]:
    """What is lost: {task: (cuts, 12, 2, 2)}, deal by part by (accuracy, squared distance), whole minus cut.

    cuts : (layer, directions, to) as `run_without` takes them
    """
    reads, whole = {}, {}
    for task in TASKS:
        labels, parts = rows.labels[task], rows.parts[task]
        x = rows.pooled(task, states[-1]).astype(np.float64)
        reads[task] = [fitted(x, labels, parts, deal) for deal in DEALS]
        whole[task] = x

    def marks(task, x):
        labels, parts = rows.labels[task], rows.parts[task]
        return np.array([
            [[f(read(x), labels, parts, part) for f in (right, missed)] for part in deal] for read, deal in zip(reads[task], DEALS)
        ])  # fmt: skip

    before = {task: marks(task, whole[task]) for task in TASKS}
    lost: dict[str, list[Array]] = {task: [] for task in TASKS}
    for layer, directions, to in cuts:
        last = run_without(model, states, written, layer, directions, to)
        for task in TASKS:
            lost[task].append(before[task] - marks(task, rows.pooled(task, last).astype(np.float64)))
    return {task: np.array(values) for task, values in lost.items()}


def measure(model: Model, sentences: Sequence[Sentence], layers: Sequence[int] | None = None) -> dict[str, Any]:
    """All that `shipped` holds, as lists of numbers; `layers` to do some of them only. Shapes in `real_roles.json`'s "about"."""
    rows = labelled.rows(model.tokenizer, sentences)
    states, written = run(model, rows)
    layers = range(n_layers(model.weights)) if layers is None else layers
    H, d = model.n_heads, written[0][0].shape[-1]
    own, turned = np.split(np.eye(d, dtype=np.float32), H, axis=1), {layer: np.split(basis(d, layer), H, axis=1) for layer in layers}
    accuracy = probes(rows, written, H, layers=layers)
    mixed: list[Groups] = [[w @ basis(d, layer) for w in written[layer]] for layer in layers]
    in_turned = probes(rows, mixed, H)
    shuffled = [run(minilm.shuffled(model, seed), rows)[1] for seed in range(SHUFFLES)]
    in_shuffled = [probes(rows, w, H, layers=layers) for w in shuffled]
    dealt = [{task: np.random.default_rng(seed).permutation(rows.labels[task]) for task in TASKS} for seed in range(LABELS)]
    on_dealt = [probes(rows, written, H, labels=labels, layers=layers) for labels in dealt]
    cuts = {
        "zero": [(layer, own[h], "zero") for layer in layers for h in range(H)],
        "mean": [(layer, own[h], "mean") for layer in layers for h in range(H)],
        "turned": [(layer, turned[layer][h], "mean") for layer in layers for h in range(H)],
    }
    lost = {name: ablate(model, rows, states, written, each) for name, each in cuts.items()}
    return {
        "tasks": list(TASKS),
        "rows": {task: len(rows.labels[task]) for task in TASKS},
        "probe": {task: _mean(a) for task, a in accuracy.items()},
        "chosen": {task: choose(a) for task, a in accuracy.items()},
        "layers": {task: [_scored(probe(rows.pooled(task, s), rows.labels[task], rows.parts[task])) for s in states] for task in TASKS},
        "controls": {
            "majority": {task: _scored(_majority(rows.labels[task], rows.parts[task])) for task in TASKS},
            "first_word": {task: _scored(probe(_first_words(states), rows.labels[task], rows.parts[task])) for task in OF_SENTENCES},
            "words": {task: _scored(probe(*labelled.bag(sentences, task))) for task in TASKS},
            "turned": {task: _mean(a) for task, a in in_turned.items()},
            "turned_chosen": {task: choose(a) for task, a in in_turned.items()},
            "shuffled_model": {task: np.mean([_mean(a[task]) for a in in_shuffled], axis=0).tolist() for task in TASKS},
            "shuffled_model_chosen": {task: [c for a in in_shuffled for c in choose(a[task])] for task in TASKS},
            "shuffled_labels": {task: np.mean([_mean(a[task]) for a in on_dealt], axis=0).tolist() for task in TASKS},
            "shuffled_labels_chosen": {task: [c for a in on_dealt for c in choose(a[task])] for task in TASKS},
        },
        "ablation": {name: {task: _loss(v, len(layers), H) for task, v in each.items()} for name, each in lost.items()},
    }


def _first_words(states):
    """The embedding of each sentence's first word (sentences, d), in the order of the groups, as `Rows` has its labels."""
    return np.concatenate([group[:, 1] for group in states[0]])


def _mean(accuracy):
    return accuracy[..., 1].mean(axis=-1).tolist()


def _scored(accuracy):
    return float(accuracy[:, 1].mean())


def _majority(labels, parts):
    common = [np.bincount(labels[~np.isin(parts, deal)]).argmax() for deal in DEALS]
    return np.array([[(labels[parts == part] == most).mean() for part in deal] for most, deal in zip(common, DEALS)])


def _loss(lost, L, H):
    """Means over deals on the part to score, {"accuracy", "distance"} (L, H), and each deal's worst cut, chosen on the other by distance."""
    lost = lost.reshape(L, H, *lost.shape[1:])
    rise = -lost[..., 1]  # of the distance: large where the read-out suffers
    chosen = choose(rise)
    also = [[h[0], h[1], *lost[h[0], h[1], deal, :, 0].tolist(), *h[2:]] for deal, h in enumerate(chosen)]
    return {"accuracy": _mean(lost[..., 0]), "distance": _mean(rise), "chosen": also}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the roles of every head of the model, and the controls; some ten minutes on one core."""
    options = _data.parser(
        "real.probes", "Measure the roles of every head of the model, and the controls; some ten minutes on one core."
    ).parse_args(arguments)
    sentences = labelled.read()
    measured = measure(minilm.load(options.weights, packed=False), sentences)
    about = _data.about(
        what="Probes and ablations of every head of a real model; see tokendynamics.real.probes",
        command=f"python -m tokendynamics.real.probes --out {options.out.name}",
        model=minilm.CARD,
        sentences=f"labelled_sentences.tsv, {len(sentences)} sentences written for this book, CC BY 4.0",
        fit=f"ridge {RIDGE:g} of the mean variance, on two parts of four; {len(DEALS)} deals; shuffled models {SHUFFLES}, labels {LABELS}",
        shapes="tables are layers × heads; chosen heads are [layer, head, on the part to choose, on the part to score]; those of "
        "an ablation [layer, head, accuracy lost there, and on the other part, distance gained there, and on the other part]",
    )
    _data.write(
        options.out, {"about": about} | _data.rounded(measured), f"{len(sentences)} sentences, {np.size(measured['probe']['class'])} heads"
    )


if __name__ == "__main__":
    _data.command(main)
