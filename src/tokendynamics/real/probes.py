"""Roles of the heads of a real model: what a probe reads from each segment, and what is lost without it.

all-MiniLM-L6-v2 has 6 layers of 12 heads. A head writes a segment of 32 numbers for each token, before W_O. Two
questions to each, for three tasks on `labelled` sentences (an entity's kind, a sentence's class, its sentiment):

probe    : how often is a read-out right that sees this segment alone?
ablation : how much does a read-out of the last layer lose when this segment is switched off, to zero or to its mean?

A head is *chosen* on one part of the sentences and *scored* on another, by read-outs fitted on the other two: 12 ways
to deal four parts. `python -m tokendynamics.real.probes --out real_roles.json` makes what `shipped()` returns.
"""

from itertools import permutations

import numpy as np

from .. import _data
from .._typing import Array
from . import labelled, minilm
from .labelled import PARTS, TASKS
from .minilm import Weights, add_and_norm, joined, mlp, n_layers, segments
from .mobility import RIDGE, least_squares

DEALS = list(permutations(PARTS, 2))  # (chosen on, scored on)
SHUFFLES, LABELS = 3, 5  # seeds of the controls: shuffled models, shuffled labels


def shipped():
    """The measurements that come with the package, as `measure` returns them, and their provenance under "about"."""
    return _data.read("real_roles.json")


def finish(weights: Weights, layer: int, tokens: Array, segments: Array) -> Array:
    """The tokens (…, n, d) after the layer, from what its heads have written (…, n, H d_head): W_O, LayerNorm, MLP, LayerNorm."""
    return mlp(weights, layer, add_and_norm(weights, layer, tokens, joined(weights, layer, segments)))


def run(model, rows):
    """All states, [layer][group] (sentences, n, d) with the embedding first, and all segments, [layer][group] likewise."""
    states = [[np.stack([minilm.embed(model.weights, ids) for ids in group]) for group in rows.ids]]
    written = []
    for layer in range(n_layers(model.weights)):
        written.append([segments(model.weights, layer, tokens, model.n_heads) for tokens in states[-1]])
        states.append([finish(model.weights, layer, *both) for both in zip(states[-1], written[-1])])
    return states, written


def run_without(model, states, written, layer, directions, to="mean"):
    """The last layer's states with part of what a layer's heads write switched off.

    directions : orthonormal columns (H · d_head, k) that span the part; columns of the identity for one head
    to         : "zero", or "mean": its mean over all tokens of all sentences
    """
    everything = np.concatenate([w.reshape(-1, w.shape[-1]) for w in written[layer]])
    middle = everything.mean(axis=0) if to == "mean" else np.zeros_like(everything[0])
    off = [w - (w - middle) @ directions @ directions.T for w in written[layer]]
    tokens = [finish(model.weights, layer, *both) for both in zip(states[layer], off)]
    for later in range(layer + 1, n_layers(model.weights)):
        tokens = [finish(model.weights, later, t, segments(model.weights, later, t, model.n_heads)) for t in tokens]
    return tokens


def fitted(x, labels, parts, deal):
    """A read-out fitted by ridge on the two parts that are not in the deal: a function from rows to scores (rows, classes)."""
    seen = ~np.isin(parts, deal)
    target = np.eye(labels.max() + 1)[labels]
    x_mean, y_mean = x[seen].mean(axis=0, dtype=np.float64), target[seen].mean(axis=0)
    W = least_squares(x[seen] - x_mean, target[seen] - y_mean)
    return lambda rows: (rows - x_mean) @ W + y_mean


def right(scores, labels, parts, part):
    """How often the highest score is the right label's, on one part."""
    return float((scores.argmax(axis=1) == labels)[parts == part].mean())


def missed(scores, labels, parts, part):
    """Mean squared distance of the scores from the label (1 for the right class, 0 for the others), on one part."""
    return float(((scores - np.eye(scores.shape[1])[labels]) ** 2).sum(axis=1)[parts == part].mean())


def probe(x, labels, parts):
    """How often a read-out of rows x is right, (12 deals, 2): on the part to choose on, on the part to score on."""
    fits = {frozenset(deal): fitted(x, labels, parts, deal)(x) for deal in DEALS}  # both orders share one fit
    return np.array([[right(fits[frozenset(deal)], labels, parts, part) for part in deal] for deal in DEALS])


def choose(accuracy):
    """For accuracies (L, H, 12, 2), each deal's best head on its first part: [layer, head, there, on the other part]."""
    flat = accuracy.reshape(-1, *accuracy.shape[2:])
    best = flat[:, :, 0].argmax(axis=0)
    heads = accuracy.shape[1]
    return [[int(h // heads), int(h % heads), *flat[h, deal].tolist()] for deal, h in enumerate(best)]


def probes(rows, written, n_heads, labels=None, layers=None):
    """`probe` for each segment and task, {task: (L, H, 12, 2)}; `labels` in place of the rows' own."""
    labels = rows.labels if labels is None else labels
    found = {}
    for task in TASKS:
        layer_rows = [rows.pooled(task, w).astype(np.float64) for w in (written if layers is None else [written[i] for i in layers])]
        found[task] = np.array([[probe(x, labels[task], rows.parts[task]) for x in np.split(r, n_heads, axis=1)] for r in layer_rows])
    return found


def basis(d, seed):
    """A random orthonormal basis of d directions."""
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0].astype(np.float32)


def ablate(model, rows, states, written, cuts):
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
    lost = {task: [] for task in TASKS}
    for layer, directions, to in cuts:
        last = run_without(model, states, written, layer, directions, to)
        for task in TASKS:
            lost[task].append(before[task] - marks(task, rows.pooled(task, last).astype(np.float64)))
    return {task: np.array(values) for task, values in lost.items()}


def measure(model, sentences, layers=None):
    """All that `shipped` holds, as lists of numbers; `layers` to do some of them only. Shapes in `real_roles.json`'s "about"."""
    rows = labelled.rows(model.tokenizer, sentences)
    states, written = run(model, rows)
    layers = range(n_layers(model.weights)) if layers is None else layers
    H, d = model.n_heads, written[0][0].shape[-1]
    own, turned = np.split(np.eye(d, dtype=np.float32), H, axis=1), {layer: np.split(basis(d, layer), H, axis=1) for layer in layers}
    accuracy = probes(rows, written, H, layers=layers)
    mixed = [[w @ basis(d, layer) for w in written[layer]] for layer in layers]
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


def _mean(accuracy):
    return accuracy[..., 1].mean(axis=-1).tolist()


def _scored(accuracy):
    return float(accuracy[:, 1].mean())


def _majority(labels, parts):
    common = [np.bincount(labels[~np.isin(parts, deal)]).argmax() for deal in DEALS]
    return np.array([[(labels[parts == part] == most).mean() for part in deal] for most, deal in zip(common, DEALS)])


def _loss(lost, L, H):
    """Means over deals on the part to score, {"accuracy", "distance"} (L, H), and each deal's worst cut chosen on the other."""
    lost = lost.reshape(L, H, *lost.shape[1:])
    rise = -lost[..., 1]  # of the distance: large where the read-out suffers
    chosen = choose(rise)
    also = [[h[0], h[1], *lost[h[0], h[1], deal, :, 0].tolist(), *h[2:]] for deal, h in enumerate(chosen)]
    return {"accuracy": _mean(lost[..., 0]), "distance": _mean(rise), "chosen": also}


def main(arguments=None):
    """Measure the roles of every head of the model, and the controls; some ten minutes on one core."""
    options = _data.parser("real.probes", main.__doc__).parse_args(arguments)
    sentences = labelled.read()
    measured = measure(minilm.load(options.weights), sentences)
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
    main()
