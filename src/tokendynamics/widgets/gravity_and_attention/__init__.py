"""Gravity and attention: the same bodies under both laws, with one clock and the same start."""

from typing import Any

import numpy as np
import traitlets

from ...seeded import drawn_tokens
from .. import _proposals
from .._live import Array, Live, beside
from . import engine

PRESETS, _START = map(beside(__file__, "presets.json").get, ("presets", "start"))
LIMITS = beside(__file__, "limits.json")
_CHOICES = {"gravity": ("newton", "overdamped"), "attention": ("motion", "inertia")}


class GravityAndAttention(Live):
    """2 to 64 bodies in a plane, moved by gravity in one pane and by attention in the other.

    Parameters
    ----------
    bodies : (n, 2) array
        Where they start in both panes.
    n, seed : int, default 2 and 1
        Without `bodies`, so many are drawn from this seed.
    masses : (n,) array, above 0, default 1 each
        Attention knows nothing of them.
    selected : int
        Index of the body whose pull is measured.
    spin : float, radians in unit time
        By which the whole turns at the start; only a law with inertia heeds it.
    G, softening : float
        Of gravity.
    Q, K, V : (2, 2) array
    scale, include_self
        Of attention.
    step : float
        The time of a step.
    steps : int, 1 to 120
    time : float, 0 to `steps`
        Which step is shown.
    gravity : "newton" or "overdamped"
        The last is a hybrid, gravity without inertia.
    attention : "motion" or "inertia"
        Equation (14), or a hybrid: what a token is given is its acceleration.
    friction : float
        Of attention with inertia.
    trails : bool
        Whether bodies leave trails.

    Notes
    -----
    `histories()` gives what both panes draw. Bad input raises ValueError. Section 3; `engine`, `gravity`.
    """

    view = "gravity-and-attention"
    presets = PRESETS
    state_names = (
        "bodies", "masses", "selected", "spin", "G", "softening", "Q", "K", "V", "scale", "include_self", "step", "steps",
        "time", "gravity", "attention", "friction", "trails",
    )  # fmt: skip

    bodies = Array(PRESETS["two"]["bodies"], (None, 2))
    masses = Array([1, 1], (None,))
    selected = traitlets.Int(_START["selected"]).tag(sync=True)
    spin = traitlets.Float(float(_START["spin"])).tag(sync=True)
    G = traitlets.Float(float(_START["G"])).tag(sync=True)
    softening = traitlets.Float(_START["softening"]).tag(sync=True)
    Q = Array(_START["Q"], (2, 2))
    K = Array(_START["K"], (2, 2))
    V = Array(_START["V"], (2, 2))
    scale = traitlets.Float(float(_START["scale"])).tag(sync=True)
    include_self = traitlets.Bool(_START["include_self"]).tag(sync=True)
    step = traitlets.Float(_START["step"]).tag(sync=True)
    steps = traitlets.Int(_START["steps"]).tag(sync=True)
    time = traitlets.Float(float(_START["time"])).tag(sync=True)
    gravity = traitlets.Unicode(_START["gravity"]).tag(sync=True)
    attention = traitlets.Unicode(_START["attention"]).tag(sync=True)
    friction = traitlets.Float(float(_START["friction"])).tag(sync=True)
    trails = traitlets.Bool(_START["trails"]).tag(sync=True)

    def __init__(self, *, n=2, seed=1, **state):
        if "bodies" not in state:
            state["bodies"] = drawn_tokens(n, 2, seed)
        if np.ndim(state["bodies"]) == 2:
            state.setdefault("masses", np.ones(len(state["bodies"])))
        super().__init__(**state)

    @classmethod
    def preset(cls, name: str, **state: Any) -> "GravityAndAttention":
        """One of "two", "ring", "crowd", "sun", "overdamped", "inertia"; `state` overrides parts of it."""
        found = cls._preset_state(name)
        if "ring" in found:
            angle = 2 * np.pi * np.arange(found["ring"]) / found.pop("ring")
            found["bodies"] = np.round(1.2 * np.stack([np.cos(angle), np.sin(angle)], axis=-1), 3)
        return cls(**found | state)

    def histories(self):
        """(gravity, attention), a `engine.History` each: states and meters by step."""
        clock = {"spin": self.spin, "step": self.step, "steps": self.steps}
        heavy = engine.under_gravity(
            self.bodies, self.masses, inertia=self.gravity == "newton", G=self.G, softening=self.softening, **clock
        )
        given = engine.under_attention(
            self.bodies, self.Q, self.K, self.V, inertia=self.attention == "inertia", friction=self.friction,
            scale=self.scale, include_self=self.include_self, **clock,
        )  # fmt: skip
        return heavy, given

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .._stills import moment
        from .still import alt, still

        pulls = engine.pulls(
            self.bodies, self.masses, self.Q, self.K, self.V, self.selected,
            G=self.G, softening=self.softening, scale=self.scale, include_self=self.include_self,
        )  # fmt: skip
        given = {"histories": self.histories(), "time": moment(self.time, self.steps), "selected": self.selected}
        return png(still(**given)), alt(**given, pulls=pulls)

    @traitlets.validate("bodies")
    def _check_bodies(self, proposal):
        return _proposals.rows(proposal, LIMITS)

    @traitlets.validate("masses")
    def _check_masses(self, proposal):
        value = proposal["value"]
        if len(value) != len(self.bodies) or not (value > 0).all():
            raise ValueError(f"masses must be {len(self.bodies)} numbers above 0, one a body; got {value.tolist()!r:.80}")
        return value

    _check_selected = _proposals.index_of("selected", "bodies")
    _check_time = _proposals.moment_of("time", "steps")
    _check_choice = _proposals.choices(_CHOICES)
    _check_number = _proposals.numbers(LIMITS, "spin", "G", "softening", "scale", "friction", "step", "steps")

    @traitlets.observe("bodies", "steps")
    def _keep_parts_in_step(self, change):
        # assigning more or fewer bodies, or steps, in Python keeps the widget whole
        n = len(self.bodies)
        self.selected, self.time = min(self.selected, n - 1), min(self.time, self.steps)
        if len(self.masses) != n:
            self.masses = np.append(self.masses, np.ones(max(0, n - len(self.masses))))[:n]
