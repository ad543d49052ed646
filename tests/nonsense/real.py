"""Good calls of the real models' functions, and those that are left out."""

import numpy as np

from tokendynamics.real import senses

DATA = senses.shipped()
rng = np.random.default_rng(3)
MOTION, WEIGHTS = rng.standard_normal((2, 4, 3)), np.full((2, 4, 4), 0.25)

GOOD = {
    "real.senses.within_across": {"data": DATA, "word": "light", "token": "word", "shown": None},
    "real.senses.split_rank": {"data": DATA, "word": "light", "token": "word"},
    "real.distances.distances": {"data": DATA, "word": "light", "shown": None, "basis": "own", "components": (1, 2)},
    "real.distances.rank_agreement": {"screen": MOTION[0], "full": MOTION[1]},
    "real.head_laws.balance": {"moves": MOTION},
    "real.head_laws.symmetric_share": {"matrix": MOTION[:, :3]},
    "real.head_laws.roles": {"weights": WEIGHTS},
    "real.head_laws.pair_balance": {"weights": WEIGHTS, "values": MOTION},
    "real.head_laws.with_length_of": {"old": MOTION, "new": MOTION + 1},
    "real.attention_maps.pack": {"attentions": [WEIGHTS[None]]},
    "real.attention_maps.unpack": {"packed": {"layers": 1, "heads": 2, "percent": "eNozMoIAAAcQAZE="}, "sizes": [2]},
}
MAY_BE_NAN = {
    "real.senses.within_across": "no pair with the same sense, or none with another",
    "real.distances.rank_agreement": "fewer than three pairs, or all alike",
}

STEP = "a step of a forward pass: `Model` checks what comes in, and `load` the weights"
MEASURE = "a measurement on a loaded model, called by the command beside it"
SHIPPED = "reads what the package ships"
COMMAND = "a command"
LEFT_OUT = {
    **{f"real.minilm.{name}": STEP for name in ("forward", "embed", "written", "attend", "add_and_norm", "mlp", "segments", "joined", "heads",
       "with_constant", "scale", "linear", "layer_norm", "gelu", "n_layers", "shuffled")},
    **{f"real.smollm.{name}": STEP for name in ("forward", "attend", "rotate", "scores", "mlp", "norm", "log_probabilities")},
    **{f"real.{name}": "finds and reads the weights; tests/real says in which words" for name in
       ("minilm.load", "minilm.find", "minilm.missing", "smollm.load", "smollm.find", "smollm.missing")},
    **{f"real.{name}.shipped": SHIPPED for name in ("senses", "laws", "mobility", "probes", "causal_heads")},
    **{f"real.{name}": MEASURE for name in (
        *(f"causal_heads.{part}" for part in ("repeated", "losses", "second_half", "head_scores", "score_all", "switched_off", "sets_off", "lens",
          "prompts", "rotary", "index_parts", "index_by_distance", "shuffled")),
        *(f"head_laws.{part}" for part in ("head_laws", "arrows", "height", "gradient_share", "slope_error")),
        *(f"laws.{part}" for part in ("states", "heads_table", "layers_table", "layer_laws", "flow_error", "matrices", "crowd", "exact")),
        *(f"mobility.{part}" for part in ("measure", "mean_tokens", "table", "least_squares")),
        *(f"probes.{part}" for part in ("finish", "run", "run_without", "fitted", "right", "missed", "probe", "choose", "probes", "basis", "ablate", "measure")),
        *(f"senses.{part}" for part in ("journeys", "summary", "moves", "save_head")), "labelled.rows", "labelled.bag", "distances.nearest",
        "senses.entry_of", "senses.cosines_of", "senses.numbers_of",
    )},
    **{f"real.{name}": SHIPPED for name in ("labelled.read", "labelled.parse", "laws.sentences", "senses.read_sentences", "senses.one_head")},
    **{f"real.{name}.main": COMMAND for name in ("senses", "laws", "mobility", "probes", "causal_heads")},
}  # fmt: skip
