"""Good calls of the models of Chapter 5, their sweeps and the tables of these."""

import numpy as np

from tokendynamics.emergence import pairs, roles, sweeps

rng = np.random.default_rng(0)
SMALL = {"roles": 2, "words": 4}
BATCH = {"p": roles.parameters(rng, d=4, **SMALL), "batch": roles.sentences(rng, 3, length=3, **SMALL)}
SEQUENCES = pairs.sequences(rng, 3, pairs=2, words=5)
PARAMETERS = pairs.parameters(rng, pairs=2, words=5, d=4)
ATTENTION = rng.dirichlet(np.ones(8), size=(2, 3, 2, 8))  # (L, b, H, T, T)
TRAINING = {"steps": 1, "batch": 2, "rate": 0.01, "every": 1, "seed": 0, "dtype": np.float32, "held_out": 2, "count": 3}
ROWS = [{"heads": h, "seed": s, "all": [h, s]} for h in (1, 2) for s in (0, 1)]

GOOD = {
    "emergence.pairs.forward": {"p": PARAMETERS, "tokens": SEQUENCES.tokens, "heads": 2},
    "emergence.pairs.loss_and_gradients": {"p": PARAMETERS, "batch": SEQUENCES, "heads": 2},
    "emergence.pairs.measure": {"p": PARAMETERS, "batch": SEQUENCES, "heads": 2},
    "emergence.pairs.multiply_adds": {"layers": 1, "pairs": 2, "words": 5, "d": 4},
    "emergence.pairs.one_layer_by_hand": {"pairs": 2, "words": 5},
    "emergence.pairs.parameters": {"rng": rng, "layers": 1, "pairs": 2, "words": 4, "d": 4, "dtype": "float32"},
    "emergence.pairs.scores": {"attention": list(ATTENTION), "asked": SEQUENCES.asked},
    "emergence.pairs.sequences": {"rng": rng, "count": 2, "pairs": 2, "words": 5},
    "emergence.pairs.train": {"layers": 1, "heads": 2, "pairs": 2, "words": 5, "d": 4, "warm_up": 5, "decay": 0.01, **TRAINING},
    "emergence.roles.attention_by_word": {"attention": rng.random((3, 3, 2)), "batch": BATCH["batch"], "words": 4},
    "emergence.roles.forward": {**BATCH, "heads": 2, "streams": 2},
    "emergence.roles.heads_by_roles": {"attention": rng.random((3, 3, 2)), "tags": BATCH["batch"].tags, "roles": 2},
    "emergence.roles.loss_and_gradients": {**BATCH, "heads": 2, "streams": 1},
    "emergence.roles.measure": {**BATCH, "heads": 2, "streams": 1},
    "emergence.roles.parameters": {"rng": rng, **SMALL, "d": 4, "dtype": np.float64},
    "emergence.roles.sentences": {"rng": rng, "count": 2, **SMALL, "length": 3},
    "emergence.roles.train": {"heads": 2, **SMALL, "length": 3, "d": 4, "streams": 1, "decay": 0.5, **TRAINING},
    "emergence.run.run_point": {"point": {"model": "roles", **SMALL, "d": 4, "heads": 2, "length": 3, "steps": 1, "held_out": 2, "seed": 0}},
    "emergence.specialisation.filled": {"matrix": rng.random((2, 3)), "share": 0.6},
    "emergence.specialisation.specialisation": {"matrix": rng.random((2, 3))},
    **{f"emergence.sweeps.{name}": {} for name in sweeps.SWEEPS},
    "emergence.tables.grid": {"rows": ROWS, "argument": "heads", "result": "all", "place": 1},
    "emergence.tables.provenance": {"name": "heads"},
    "emergence.tables.select": {"rows": ROWS, "heads": 1},
    "emergence.tables.spread": {"values": rng.random(3)},
    "emergence.tables.table": {"name": "topics"},
    "emergence.topics.documents": {"rng": rng, "count": 2, "topics": 2, "words": 4, "length": 3},
    "emergence.topics.found_by_true": {"found": rng.dirichlet(np.ones(4), size=2), "true": rng.dirichlet(np.ones(4), size=3)},
    "emergence.topics.train": {"found": 2, "topics": 2, "words": 4, "length": 3, "count": 2, "seed": 0},
}  # fmt: skip
LEFT_OUT = {"emergence.run.main": "a command", "emergence.run.run_sweep": "writes to whatever path it is given"}
MAY_BE_NAN = {"emergence.roles.attention_by_word": "NaN for a word that a role never has"}
