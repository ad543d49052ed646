"""Good calls of the laws, which stand at the top of the package."""

import numpy as np

rng = np.random.default_rng(0)
TOKENS, Q, K, V = rng.standard_normal((4, 2)), *rng.standard_normal((3, 2, 2))
MASSES = np.array([1.0, 2.0, 0.5, 1.5])
SWITCHES = {"include_self": True, "causal": False, "scale": 0.5}
QK = {"tokens": TOKENS, "Q": Q, "K": K}
LANDSCAPE = {"points": TOKENS[:3], **QK, "exclude": 1, "scale": 0.5}
TABLE = {"Q": Q, "K": K, "V": V, "ridge": 0.1, "rank": 2}
STACK = {"tokens": TOKENS, "layers": [(Q, K, V)] * 2, "step": 0.5, "method": "rk4", "norm": "layernorm", **SWITCHES}
UNITS = {"G": 1.0, "softening": 0.1}
CLOCK = {"dt": 0.1, "steps": 3}
DIRECTIONS = {"mean": np.zeros(4), "directions": np.eye(4)[:3]}
STATES = rng.standard_normal((3, 5, 4))


GOOD = {
    "attention.attention_weights": {**QK, **SWITCHES},
    "attention.potential": {**QK, **SWITCHES},
    "attention.force": {**QK, **SWITCHES},
    "attention.content": {**QK, "V": V, **SWITCHES},
    "attention.update": {**QK, "V": V, "step": 1.0, **SWITCHES},
    "attention.potential_at": LANDSCAPE,
    "attention.potential_gradient_at": LANDSCAPE,
    "knowledge.knowledge": TABLE,
    "knowledge.knowledge_residual": TABLE,
    "knowledge.entries": TABLE,
    "knowledge.lookup": {"M": V, "index": TOKENS},
    "knowledge.store": {"keys": TOKENS, "contents": TOKENS[:, :1], "method": "pseudo-inverse", "ridge": 0.1},
    "knowledge.recall": {"memory": (TOKENS, TOKENS), "question": TOKENS, "scale": 0.5},
    "knowledge.nearest": {"answers": TOKENS, "contents": TOKENS},
    "stack.trajectories": STACK,
    "stack.journey": {**STACK, "far": 1e6},
    "stack.walk": {"start": (TOKENS,), "onward": lambda number, x: (x,), "steps": 2, "far": 1e6, "away": "it is far"},
    "stack.normalised": {"tokens": TOKENS, "norm": "sphere"},
    "gravity.pull": {"bodies": TOKENS, "masses": MASSES, **UNITS},
    "gravity.gravity_potential": {"bodies": TOKENS, "masses": MASSES, **UNITS},
    "gravity.energy": {"bodies": TOKENS, "velocities": TOKENS, "masses": MASSES, **UNITS},
    "gravity.momentum": {"velocities": TOKENS, "masses": MASSES},
    "gravity.orbits": {"bodies": TOKENS, "velocities": TOKENS, "masses": MASSES, **CLOCK, **UNITS},
    "gravity.overdamped": {"bodies": TOKENS, "masses": MASSES, "mobility": 1.0, **CLOCK, **UNITS},
    "gravity.inertial_attention": {**QK, "velocities": TOKENS, "V": V, **CLOCK, "friction": 0.5, **SWITCHES},
    "gravity.flight": {"points": TOKENS, "velocities": TOKENS, **QK, "mobility": 1.0, **CLOCK, "scale": 0.5},
    "gravity.leapfrog": {
        "positions": TOKENS, "velocities": TOKENS, "acceleration": lambda x: -x, **CLOCK, "friction": 0.5, "far": 1e6,
    },
    "gravity.euler": {"positions": TOKENS, "velocity": lambda x: -x, **CLOCK, "far": 1e6},
    "energy.summed_potential": {**QK, **SWITCHES},
    "energy.log_energy": {**QK, **SWITCHES},
    "energy.log_energy_rate": {**QK, "V": V, **SWITCHES},
    "energy.climbing_matrix": {"Q": Q, "K": K, "V": V},
    "energy.lone_path": {"points": TOKENS[:3], **QK, "V": V, **CLOCK, "scale": 0.5},
    "energy.motion_jacobian_at": {**LANDSCAPE, "V": V},
    "geometry.projection": {"states": STATES},
    "geometry.project": {"projection": DIRECTIONS, "states": STATES},
    "geometry.seen_by_layer": {"projection": DIRECTIONS, "states": STATES},
    "geometry.share_seen": {"projection": DIRECTIONS, "vectors": STATES},
    "geometry.pair_cosines": {"states": STATES},
    "geometry.pair_distances": {"states": STATES},
    "geometry.effective_rank": {"states": STATES},
    "geometry.clusters": {"states": STATES, "cosine": 0.5, "distance": None},
    "geometry.common_cosine": {"times": np.linspace(0, 1, 4), "n": 5, "scale": 1.0},
    "geometry.blocks": {
        "tokens": TOKENS, "layers": [(Q, K, V)], "skip": True, "mlps": [(V, V)], "norm": "sphere", **SWITCHES,
    },
    "geometry.residual": {"states": STATES},
    "geometry.leaders": {"tokens": TOKENS, "distance": 0.5, "strong": False},
    "learning.batches": {"rng": np.random.default_rng(0), "pool": (TOKENS, TOKENS), "size": 3},
    "seeded.drawn": {"n": 3, "d": 2, "seed": 0},
    "seeded.found": {"n": 3, "d": 2, "seed": 0, "noise": 0.1, "scale": 1.0},
    "seeded.drawn_tokens": {"n": 3, "d": 2, "seed": 0},
    "seeded.drawn_layers": {"n": 3, "d": 2, "seed": 0},
    "ledger.verdicts": {"chapter": 1, "source": "article", "section": 2},
}  # fmt: skip
_TRAINING = "each step of a training calls it: a loss that is no number has to come out, as `descend` stops at it"
LEFT_OUT = {
    "ledger.claims": "reads shipped data",
    "ledger.counts": "reads shipped data",
    "learning.descend": "is given functions and an optimiser, and reads nothing else",
    "learning.softmax": _TRAINING,
    "learning.softmax_gradient": _TRAINING,
    "learning.cross_entropy": _TRAINING,
}
MAY_BE_NAN = {"geometry.effective_rank": "no direction at all has no share"}
