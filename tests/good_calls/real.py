"""Good calls of the real models' functions, and those that are left out."""

from types import SimpleNamespace

import numpy as np
from test_minilm import tiny_weights
from test_smollm import tiny

from tokendynamics.real import bent, labelled, laws, minilm, senses


class Words:
    """A tokenizer: a token a word, between two marks."""

    def encode(self, text):
        words = ["[CLS]", *text.split(), "[SEP]"]
        ends = np.cumsum([0, *(len(word) + 1 for word in words[1:-1])])
        offsets = [(0, 0), *((a, b - 1) for a, b in zip(ends, ends[1:])), (0, 0)]
        return SimpleNamespace(tokens=words, ids=[len(word) % 9 for word in words], offsets=offsets)


DATA = senses.shipped()
rng = np.random.default_rng(3)
MOTION, WEIGHTS = rng.standard_normal((2, 4, 3)), np.full((2, 4, 4), 0.25)
TOKENS = minilm.with_constant(MOTION[0])
Q, K, V = rng.standard_normal((3, 2, 4, 4))
V[:, -1] = 0
HEAD = {"tokens": TOKENS, "Q": Q, "K": K}
MODEL = minilm.Model(tiny_weights(), Words(), 3)
LAYER = {"weights": MODEL.weights, "layer": 0, "n_heads": 3}
ROWS = [("bow", "ship", "a bow ."), ("bow", "ribbon", "red bow ."), ("bow", "ship", "the bow .")]
CHANGE = bent.Change(2, 3, beta=0.5, gain=2.0, value="random", without="mlp")
OWN = {"model": MODEL, "sentences": ["a bow .", "red bow ."], "word": "bow", "anchors": ["a", "ship"]}
SENTENCE = {"part": "a", "kind": "statement", "sentiment": "neutral", "sentence": "A cat/none sat ."}
SENTENCES = [labelled.parse(**SENTENCE | {"part": part}) for part in labelled.PARTS]
X, LABELS, PARTS = rng.standard_normal((16, 3)), np.arange(16) % 3, list(labelled.PARTS) * 4
READ = {"x": X, "labels": LABELS, "parts": PARTS}
SCORES = {"scores": X, "labels": LABELS, "parts": PARTS, "part": "a"}
CAUSAL = tiny()
PACKED = {"layers": 1, "heads": 2, "percent": "eNozMoIAAAcQAZE="}

GOOD = {
    "real.senses.read_sentences": {"path": senses.SENTENCES},
    "real.senses.one_head": {"path": senses.HEAD},
    "real.senses.journeys": {"model": MODEL, "rows": ROWS},
    "real.senses.moves": {"model": MODEL, "rows": ROWS},
    "real.senses.held_out": {"states": X.reshape(2, 8, 3), "first": LABELS[:8] == 0},
    "real.senses.summary": {"data": DATA},
    "real.senses.relative_gap": {"data": DATA, "token": "word"},
    "real.senses.within_across": {"data": DATA, "word": "light", "token": "word", "shown": None},
    "real.senses.split_rank": {"data": DATA, "word": "light", "token": "word"},
    "real.senses.threes": {"data": DATA, "word": "light", "dealt": True},
    "real.senses.only": {"data": DATA, "word": "light", "shown": DATA["words"]["light"]["sentences"][:2]},
    "real.bent.bent": {"model": MODEL, "change": CHANGE},
    "real.bent.check": {"model": MODEL, "change": CHANGE},
    "real.own.own": OWN | {"senses": ["ship", "ribbon"], "change": CHANGE, "controls": True},
    "real.own.read": OWN | {"senses": ["ship", "ribbon"]},
    "real.own.typed": OWN,
    "real.own.in_pairs": {"model": MODEL, "sentences": ["a bow .", "red bow .", "the ship ."]},
    "real.distances.distances": {"data": DATA, "word": "light", "shown": None, "basis": "own", "components": (1, 2)},
    "real.distances.rank_agreement": {"screen": MOTION[0], "full": MOTION[1]},
    "real.distances.nearest": {"pairs": [(0, 1), (0, 2), (1, 2)], "screen": MOTION[0, 0], "full": MOTION[0, 1]},
    "real.attention_maps.pack": {"attentions": [WEIGHTS[None]]},
    "real.attention_maps.unpack": {"packed": PACKED, "sizes": [2]},
    "real.minilm.forward": {"weights": MODEL.weights, "ids": np.array([1, 2, 3]), "n_heads": 3},
    "real.minilm.embed": {"weights": MODEL.weights, "ids": np.array([1, 2, 3])},
    "real.minilm.segments": LAYER | {"tokens": rng.standard_normal((4, 12))},
    "real.minilm.heads": LAYER,
    "real.minilm.n_layers": {"weights": MODEL.weights},
    "real.minilm.with_constant": {"tokens": MOTION},
    "real.minilm.scale": {"Q": Q},
    "real.minilm.gelu": {"x": X},
    "real.minilm.shuffled": {"model": MODEL, "seed": 0},
    "real.minilm.untrained": {"model": MODEL, "seed": 0},
    "real.smollm.forward": {
        "model": CAUSAL,
        "ids": np.array([3, 8, 0]),
        "off": {(0, 1)},
        "instead": {(0, 2): np.ones(4)},
        "start": None,
        "watch": None,
    },
    "real.smollm.log_probabilities": {"model": CAUSAL, "states": rng.standard_normal((3, 12))},
    "real.smollm.rotate": {"x": Q, "places": np.arange(4.0), "base": 100.0},
    "real.smollm.scores": {"q": Q, "k": K},
    "real.causal_heads.head_scores": {"weights": np.full((2, 5, 5), 0.2)},
    "real.causal_heads.shuffled": {"model": CAUSAL, "seed": 0},
    "real.head_laws.head_laws": HEAD | {"V": V, "through": V, "rng": rng},
    "real.head_laws.arrows": {"motion": MOTION, "rng": rng},
    "real.head_laws.height": HEAD | {"points": MOTION[1]},
    "real.head_laws.balance": {"moves": MOTION},
    "real.head_laws.pair_balance": {"weights": WEIGHTS, "values": MOTION},
    "real.head_laws.gradient_share": HEAD | {"weights": WEIGHTS, "V": V},
    "real.head_laws.symmetric_share": {"matrix": MOTION[:, :3]},
    "real.head_laws.roles": {"weights": WEIGHTS},
    "real.head_laws.slope_error": HEAD | {"rng": rng, "step": 1e-3},
    "real.parts.renormalised": {"a": WEIGHTS, "token": 0},
    "real.causal_paths.costliest": {"off": MOTION[0], "count": 2},
    "real.causal_paths.fitted_lens": {"states": X, "last": X[::-1].copy()},
    "real.climbing.rows": {"laws": laws.shipped()},
    "real.laws.flow_error": {"one": TOKENS, "Q": Q, "K": K, "V": V, "steps": 2},
    "real.laws.matched": {"motion": MOTION[0], "tokens": MOTION[1], "rng": rng},
    "real.laws.crowd": {"runs": [Q, K], "rng": rng},
    "real.laws.unlike": {"runs": [Q, K], "words": [list("abcdefgh"[: Q.shape[1]]), list("bcdefghi"[: K.shape[1]])]},
    "real.mobility.measure": {"Q": Q[0, :2], "K": K[0, :2], "V": V[0], "groups": [*rng.standard_normal((3, 8, 4))], "rng": rng},
    "real.mobility.least_squares": {"forces": X, "contents": X[:, :2]},
    "real.labelled.read": {"path": labelled.SENTENCES},
    "real.labelled.parse": SENTENCE,
    "real.labelled.rows": {"tokenizer": Words(), "sentences": SENTENCES},
    "real.labelled.bag": {"sentences": SENTENCES, "task": "entity"},
    "real.probes.fitted": READ | {"deal": ("a", "b")},
    "real.probes.probe": READ,
    "real.probes.right": SCORES,
    "real.probes.missed": SCORES,
    "real.probes.choose": {"accuracy": rng.random((2, 3, 12, 2))},
    "real.probes.basis": {"d": 3, "seed": 0},
}
MAY_BE_NAN = {
    "real.senses.within_across": "no pair with the same sense, or none with another",
    "real.distances.rank_agreement": "fewer than three pairs, or all alike",
}

STEP = "a step within a layer: what comes in was checked at the layer's door, by `embed`, `heads`, `segments`, `content`, `forward`"
CHECKED = "a part of `own`, on what `bent.check` and `read` have checked"
MEASURE = "a measurement on a loaded model, called by the command beside it"
SHIPPED = "reads what the package ships"
WEIGHTS_OF = "finds and reads the weights; tests/real says in which words"
COMMAND = "a command"
LEFT_OUT = {
    f"real.{module}.{name}": why
    for why, names in {
        STEP: {
            "minilm": "onward summed written attend add_and_norm mlp mlp_written joined linear layer_norm",
            "parts": "crowd sink moved",
            "senses": "journeys_of",
            "smollm": "attend mlp norm",
        },
        CHECKED: {"bent": "of_a_head neutral first", "own": "refused said measured moved towards control others measured_laws"},
        WEIGHTS_OF: {"minilm": "load find missing", "smollm": "load find missing"},
        SHIPPED: dict.fromkeys(("senses", "mobility", "probes", "causal_heads", "packed_error", "parts"), "shipped")
        | {"laws": "shipped sentences", "own": "averages", "causal_paths": "shipped lens_texts"},
        COMMAND: {"pack": "pack main"}
        | dict.fromkeys(("senses", "laws", "mobility", "probes", "causal_heads", "packed_error", "parts", "causal_paths"), "main"),
        MEASURE: {
            "causal_heads": "repeated losses second_half score_all switched_off sets_off lens prompts rotary index_parts index_by_distance",
            "causal_paths": "mean_reads by_the_mean at_the_first sink_without first_token patched tuned table",
            "parts": "lengths without table",
            "laws": "states heads_table heads_without_first laws_of_layers laws_without_bias layers_table layer_laws matrices exact",
            "mobility": "mean_tokens table",
            "packed_error": "cosines verdicts measured",
            "probes": "run run_without probes ablate measure",
            "senses": "held_out_words",
        },
    }.items()
    for module, listed in names.items()
    for name in listed.split()
}
