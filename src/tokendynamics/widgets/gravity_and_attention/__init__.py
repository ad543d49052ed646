"""Gravity and attention: the same bodies under both laws, with one clock and the same start."""

import json
from pathlib import Path

import numpy as np
import traitlets

from ...seeded import drawn_tokens
from .. import _proposals
from .._live import Array, Live
from . import engine

_FILE = json.loads(Path(__file__).with_name("presets.json").read_text("utf8"))
PRESETS, _START = _FILE["presets"], _FILE["start"]
LIMITS = _proposals.limits(__file__)
_CHOICES = {"gravity": ("newton", "overdamped"), "attention": ("motion", "inertia")}


class GravityAndAttention(Live):
    """2 to 64 bodies in a plane, moved by gravity in one pane and by attention in the other.

    bodies      : (n, 2), where they start in both panes. Without `bodies`, `n` of them (2) are drawn from `seed`.
    masses      : (n,), above 0, all 1 by default; attention knows nothing of them
    selected    : index of the body whose pull is measured
    spin        : radians in unit time by which the whole turns at the start; only a law with inertia heeds it
    G, softening: of gravity
    Q, K, V, scale, include_self : of attention
    step, steps : time of a step, and how many, 1 to 120;  time: which step is shown, 0 to `steps`
    gravity     : "newton", or the hybrid "overdamped", gravity without inertia
    attention   : "motion", equation (14), or the hybrid "inertia": what a token is given is its acceleration
    friction    : of attention with inertia
    trails      : whether bodies leave trails

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
    def preset(cls, name, **state):
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

    def still(self):
        from ...figures.style import png
        from .still import alt, still

        pulls = engine.pulls(
            self.bodies, self.masses, self.Q, self.K, self.V, self.selected,
            G=self.G, softening=self.softening, scale=self.scale, include_self=self.include_self,
        )  # fmt: skip
        given = {"histories": self.histories(), "time": self.time, "selected": self.selected}
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

    @traitlets.validate("selected")
    def _check_selected(self, proposal):
        return _proposals.index(proposal, len(self.bodies), "bodies")

    @traitlets.validate("time")
    def _check_time(self, proposal):
        return _proposals.moment(proposal, self.steps)

    @traitlets.validate(*_CHOICES)
    def _check_choice(self, proposal):
        return _proposals.choice(proposal, _CHOICES[proposal["trait"].name])

    @traitlets.validate("spin", "G", "softening", "scale", "friction", "step", "steps")
    def _check_number(self, proposal):
        return _proposals.limited(proposal, LIMITS)

    @traitlets.observe("bodies", "steps")
    def _keep_parts_in_step(self, change):
        # assigning more or fewer bodies, or steps, in Python keeps the widget whole
        n = len(self.bodies)
        self.selected, self.time = min(self.selected, n - 1), min(self.time, self.steps)
        if len(self.masses) != n:
            self.masses = np.append(self.masses, np.ones(max(0, n - len(self.masses))))[:n]
