"""Good calls of the laws, which stand at the top of the package."""

import numpy as np

rng = np.random.default_rng(0)
TOKENS, Q, K, V = rng.standard_normal((4, 2)), *rng.standard_normal((3, 2, 2))

GOOD = {
    "attention.force": {"tokens": TOKENS, "Q": Q, "K": K, "scale": 0.5, "include_self": True, "causal": False},
}
LEFT_OUT = {}
