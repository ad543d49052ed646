"""Good calls of the transformer of Chapter 4, its segments, its corpus and its weights."""

import numpy as np

from tokendynamics.heads import corpus, transformer

rng = np.random.default_rng(0)
SIZES = {"words": len(corpus.VOCABULARY), "places": corpus.PLACES, "d": 4, "heads": 2, "layers": 1}
PARAMETERS = transformer.initial(rng, tasks={task: len(names) for task, names in corpus.TASKS.items()}, mlp=3, **SIZES)
SENTENCES = corpus.split(train=2, test=1, pairs=1).train
WORDS = SENTENCES.words[:, :4]
TARGETS = {"next": np.ones((2, 4), dtype=int), "class": np.array([[-1, -1, -1, 2], [-1, -1, -1, 0]])}
MODEL, RUN = {"parameters": PARAMETERS}, {"parameters": PARAMETERS, "sentences": SENTENCES}
KEEP, INSTEAD = np.array([[0.5, 1.0]]), rng.standard_normal((1, 2, 2))
SEGMENTS, W_O = rng.standard_normal((2, 4, 2)), rng.standard_normal((4, 4))
FEATURES, LABELS = rng.standard_normal((5, 3)), np.array([0, 1, 0, 2, 1])
TABLES = rng.standard_normal((2, 2, 1, 2))

GOOD = {
    "heads.corpus.checked": {"sentences": SENTENCES},
    "heads.corpus.numbers": {"words": "the film was good."},
    "heads.corpus.part": {"sentences": SENTENCES, "chosen": np.array([1])},
    "heads.corpus.split": {"seed": 0, "train": 1, "test": 1, "pairs": 1},
    "heads.four_tasks.about": {},
    "heads.four_tasks.accuracy": {**RUN, "keep": KEEP, "instead": INSTEAD},
    "heads.four_tasks.load": {"kind": "joint", "seed": 0},
    "heads.four_tasks.start": {"rng": rng, "d": 4, "heads": 2, "layers": 1, "words": 3, "places": 2, "mlp": 3},
    "heads.four_tasks.train": {
        **RUN, "rng": rng, "tasks": ["next"], "steps": 1, "rate": 1e-3, "batch": 2, "body": True, "fixed": ["0.Q"], "every": 1,
    },
    "heads.reasons.shipped": {},
    "heads.reasons.summed": {"sentences": SENTENCES, "told": False, "rng": rng},
    "heads.segments.ablation": {**RUN, "instead": INSTEAD},
    "heads.segments.aligned": {"one": TABLES[0], "other": TABLES[1]},
    "heads.segments.asked": {"array": rng.standard_normal((*SENTENCES.words.shape, 3)), "sentences": SENTENCES, "task": "class"},
    "heads.segments.bag_of_words": {"sentences": SENTENCES, "size": len(corpus.VOCABULARY)},
    "heads.segments.block_norms": MODEL,
    "heads.segments.concatenated": {"segments": SEGMENTS, "W_O": W_O},
    "heads.segments.contributions": {"segments": SEGMENTS, "W_O": W_O},
    "heads.segments.direct_ablation": {**RUN, "instead": INSTEAD},
    "heads.segments.mean_segments": RUN,
    "heads.segments.mixed": {**MODEL, "layer": 0, "mix": W_O},
    "heads.segments.probe": {"features": FEATURES, "labels": LABELS, "new_features": FEATURES, "new_labels": LABELS, "ridge": 0.1},
    "heads.segments.segment_probes": {**MODEL, "fit": SENTENCES, "score": SENTENCES},
    "heads.segments.turned": {**MODEL, "rng": rng},
    "heads.starts.shipped": {},
    "heads.transformer.continued": {**MODEL, "words": WORDS[0], "count": 2, "task": "next"},
    "heads.transformer.forward": {**MODEL, "words": WORDS, "keep": KEEP, "instead": INSTEAD},
    "heads.transformer.initial": {"rng": rng, **SIZES, "tasks": {"kind": 2}, "mlp": 3, "dtype": np.float32},
    "heads.transformer.loss_and_gradients": {
        **MODEL, "words": WORDS, "targets": TARGETS, "weights": {"next": 1.0, "class": 2.0}, "through": True,
    },
    "heads.transformer.n_layers": MODEL,
    "heads.transformer.read_out": {**MODEL, "task": "next", "last": rng.standard_normal((*WORDS.shape, len(MODEL["parameters"]["gain"])))},
    "heads.transformer.sizes": MODEL,
    "heads.transformer.tasks": MODEL,
}  # fmt: skip
TRAINS = "trains for a minute; called by the command beside it"
LEFT_OUT = {"heads.four_tasks.main": "a command", "heads.reasons.main": "a command", "heads.reasons.one_seed": TRAINS}
LEFT_OUT |= {"heads.reasons.table": TRAINS, "heads.starts.main": "a command", "heads.starts.one_seed": TRAINS}
