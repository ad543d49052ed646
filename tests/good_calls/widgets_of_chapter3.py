"""Good calls of the engines of the widgets of Chapter 3."""

import numpy as np

rng = np.random.default_rng(0)
BODIES, Q, K, V = rng.standard_normal((4, 2)), *rng.standard_normal((3, 2, 2)) / 2
MASSES = np.array([1.0, 2.0, 0.5, 1.5])
CLOCK = {"spin": 0.1, "inertia": True, "step": 0.05, "steps": 3}
UNITS = {"G": 1.0, "softening": 0.1}

GOOD = {
    "widgets.gravity_and_attention.engine.spinning": {"bodies": BODIES, "spin": 0.1},
    "widgets.gravity_and_attention.engine.under_gravity": {"bodies": BODIES, "masses": MASSES, **CLOCK, **UNITS},
    "widgets.gravity_and_attention.engine.under_attention": {"bodies": BODIES, "Q": Q, "K": K, "V": V, "friction": 0.1, **CLOCK},
    "widgets.gravity_and_attention.engine.pulls": {
        "bodies": BODIES, "masses": MASSES, "Q": Q, "K": K, "V": V, "selected": 1, "scale": 0.5, **UNITS,
    },
    "widgets.gravity_and_attention.engine.order_in_time": {
        "run": lambda steps, dt: np.array([BODIES + (k * dt) ** 2 for k in range(steps + 1)]), "bodies": BODIES, "selected": 1,
    },
    "widgets.trajectories.engine.travel": {
        "tokens": BODIES, "heads": [(Q, K, V)] * 3, "step": 1.0, "method": "rk4", "norm": "sphere", "scale": 0.5,
    },
}  # fmt: skip
LEFT_OUT: dict[str, str] = {}
_NOTHING = "what nobody pulls has no share and no order, a crowd at the origin no rank"
MAY_BE_NAN = {
    "widgets.gravity_and_attention.engine.pulls": _NOTHING,
    "widgets.gravity_and_attention.engine.order_in_time": _NOTHING,
    "widgets.trajectories.engine.travel": _NOTHING,
}
