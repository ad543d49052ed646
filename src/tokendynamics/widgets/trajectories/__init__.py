"""Trajectories: a crowd of tokens on its way through a stack of layers, in the plane or on the sphere."""

from typing import Any

import numpy as np
import traitlets

from ... import stack
from ...seeded import drawn_layers, drawn_tokens
from .. import _proposals
from .._live import Array, Live, beside
from . import engine

METHODS = ("layer", "euler", "rk4")
PRESETS, _START = map(beside(__file__, "presets.json").get, ("presets", "start"))
LIMITS = beside(__file__, "limits.json")
_CHOICES = {"method": METHODS, "norm": stack.NORMS, "weights": ("shared", "drawn")}


class Trajectories(Live):
    """3 to 64 tokens in 2 or 3 dimensions and the paths they draw through up to 64 layers, to play and to scrub.

    Parameters
    ----------
    tokens : (n, 2) or (n, 3) array
        Where they start; with a norm they are first put on its surface.
    n, d : int, default 24 and 3
        Without `tokens`, so many are drawn from `seed` in so many dimensions.
    selected : int
        Index of the token that is marked.
    Q, K, V : (d, d) array, default the identity
        The head of every layer where `weights` is "shared".
    scale : float, at least 0
        β, multiplies every score.
    step : float
        The time that a layer takes.
    layers : int, 1 to 64
    layer : float, 0 to `layers`
        Which one is shown; between two the picture is on a straight line.
    method : "layer", "euler" or "rk4"
        One layer of a transformer, an Euler step of 1; or a method with `step`.
    norm : None, "sphere" or "layernorm"
        As in `stack.trajectories`.
    causal, include_self : bool
        As in `attention`.
    weights : "shared" or "drawn"
        With the last each layer has Q, K and V of its own, from `seed`.
    seed : int
    trails : bool
        Whether tokens leave trails.
    turn : [yaw, pitch], degrees
        How three dimensions are looked at.

    Notes
    -----
    `states()` and `meters()` give what is drawn. Bad input raises ValueError. Equation (14).
    """

    view = "trajectories"
    presets = PRESETS
    state_names = (
        "tokens", "selected", "Q", "K", "V", "scale", "step", "layers", "layer", "method", "norm", "causal",
        "include_self", "weights", "seed", "trails", "turn",
    )  # fmt: skip

    tokens = Array(np.eye(3), (None, None))
    selected = traitlets.Int(_START["selected"]).tag(sync=True)
    Q = Array(np.eye(3), (None, None))
    K = Array(np.eye(3), (None, None))
    V = Array(np.eye(3), (None, None))
    scale = traitlets.Float(float(_START["scale"])).tag(sync=True)
    step = traitlets.Float(_START["step"]).tag(sync=True)
    layers = traitlets.Int(_START["layers"]).tag(sync=True)
    layer = traitlets.Float(float(_START["layer"])).tag(sync=True)
    method = traitlets.Unicode(_START["method"]).tag(sync=True)
    norm = traitlets.Unicode(_START["norm"], allow_none=True).tag(sync=True)
    causal = traitlets.Bool(_START["causal"]).tag(sync=True)
    include_self = traitlets.Bool(_START["include_self"]).tag(sync=True)
    weights = traitlets.Unicode(_START["weights"]).tag(sync=True)
    seed = traitlets.Int(_START["seed"]).tag(sync=True)
    trails = traitlets.Bool(_START["trails"]).tag(sync=True)
    turn = Array(_START["turn"], (2,))

    def __init__(self, *, n=24, d=3, **state):
        if "tokens" not in state:
            state["tokens"] = drawn_tokens(n, d, state.get("seed", _START["seed"]))
        columns = np.shape(state["tokens"])[-1] if np.ndim(state["tokens"]) == 2 else 3
        super().__init__(**{name: np.eye(columns) for name in "QKV"} | state)

    @classmethod
    def preset(cls, name: str, **state: Any) -> "Trajectories":
        """One of "clusters", "collapse", "rotation", "leaders", "divergence", "repulsion", "drawn"; `state` overrides parts."""
        return cls(**cls._preset_state(name) | state)

    def heads(self):
        """The (Q, K, V) of each layer, and of the one after the last: its energy is read there."""
        if self.weights == "drawn":
            return [tuple(layer) for layer in drawn_layers(self.layers + 1, self.tokens.shape[1], self.seed)]
        return [(self.Q, self.K, self.V)] * (self.layers + 1)

    def states(self):
        """Where the tokens are at each layer, (L + 1, n, d); fewer layers where they run away, past 10⁶."""
        return self.travelled().states

    def meters(self):
        """What is read off each layer: {"energy": ln E, "clusters": by direction, "rank": effective rank}, (L + 1,) each."""
        travelled = self.travelled()
        return {name: getattr(travelled, name) for name in ("energy", "clusters", "rank")}

    def travelled(self):
        """States and meters, and why they stopped where they did: an `engine.Travelled`."""
        return engine.travel(
            self.tokens, self.heads(), norm=self.norm, step=1.0 if self.method == "layer" else self.step,
            method="rk4" if self.method == "rk4" else "euler",
            scale=self.scale, causal=self.causal, include_self=self.include_self,
        )  # fmt: skip

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .._stills import moment
        from .still import alt, still

        given = {"states": self.states(), "meters": self.meters(), **{k: getattr(self, k) for k in ("selected", "norm", "turn")}}
        given["layer"] = moment(self.layer, self.layers)
        return png(still(**given)), alt(**given)

    @traitlets.validate("tokens")
    def _check_tokens(self, proposal):
        n, d = proposal["value"].shape
        fewest, most = LIMITS["tokens"]["min"], LIMITS["tokens"]["max"]
        if not fewest <= n <= most or d not in (2, 3):
            raise ValueError(f"tokens must be {fewest} to {most} rows of 2 or 3 numbers; got shape ({n}, {d})")
        return proposal["value"]

    @traitlets.validate("Q", "K", "V")
    def _check_matrix(self, proposal):
        d, shape = self.tokens.shape[1], proposal["value"].shape
        if shape != (d, d):
            raise ValueError(f"{proposal['trait'].name} must have shape ({d}, {d}), as the tokens have d = {d}; got shape {shape}")
        return proposal["value"]

    _check_selected = _proposals.index_of("selected", "tokens")
    _check_layer = _proposals.moment_of("layer", "layers")
    _check_choice = _proposals.choices(_CHOICES)
    _check_number = _proposals.numbers(LIMITS, "scale", "step", "layers", "seed")

    @traitlets.observe("tokens", "layers")
    def _keep_parts_in_step(self, change):
        # assigning in Python another number of tokens, of dimensions or of layers keeps the widget whole
        n, d = self.tokens.shape
        self.selected = min(self.selected, n - 1)
        self.layer = min(self.layer, self.layers)
        for name in "QKV":
            if getattr(self, name).shape != (d, d):
                setattr(self, name, np.eye(d))
