"""Good calls of what memories hold, Chapter 2."""

import numpy as np

from tokendynamics.memory import capacity, learned_index

rng = np.random.default_rng(0)
KEYS = rng.standard_normal((6, 3))
R = np.eye(3)
Q, K, V = rng.standard_normal((3, 5, 5))
BATCH = learned_index.sequences(rng, R, batch=4, n=3, d_content=2)
HEAD = {"Q": Q, "K": K, "V": V, "batch": BATCH}
READER = capacity.readers()["outer"]

GOOD = {
    "memory.capacity.readers": {"ridge": 0.1, "scales": (1, 8)},
    "memory.capacity.random_pairs": {"rng": rng, "n": 4, "d": 3},
    "memory.capacity.recall_rate": {"keys": KEYS, "contents": KEYS, "reader": READER, "rng": rng, "noise": 0.1, "questions": 4},
    "memory.capacity.curve": {"draw": capacity.some_of(KEYS, KEYS), "sizes": [2, 4], "reader": READER, "noise": 0.1, "questions": 4, "seeds": 2},
    "memory.capacity.limit": {"sizes": [1, 10, 100], "rates": np.array([[1.0, 1.0, 0.8]]), "at_least": 0.9},
    "memory.capacity.some_of": {"keys": KEYS, "contents": KEYS},
    "memory.capacity.outer_rate": {"n": 4, "d": 3},
    "memory.countries.countries": {"centred": True},
    "memory.countries.centre": {"vectors": KEYS},
    "memory.learned_index.sequences": {"rng": rng, "rotation": R, "batch": 4, "n": 3, "d_content": 2, "wanted": "key"},
    "memory.learned_index.answer": HEAD,
    "memory.learned_index.loss_and_gradients": HEAD,
    "memory.learned_index.recalled": HEAD,
    "memory.learned_index.train": {
        "d_key": 3, "d_content": 2, "d_head": 4, "n": 3, "wanted": "content", "steps": 3, "rate": 0.1, "batch": 4, "every": 2, "seed": 0,
    },
}  # fmt: skip
LEFT_OUT = {
    "memory.countries.main": "a command",
    "memory.countries.read_names": "reads shipped data",
    "memory.countries.sentence_vectors": "asks a model whose weights are not shipped",
}
