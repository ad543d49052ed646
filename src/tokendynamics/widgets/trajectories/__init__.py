"""Trajectories: a crowd of tokens on its way through a stack of layers, in the plane or on the sphere."""

import json
from pathlib import Path

import numpy as np
import traitlets

from ... import stack
from ...energy import log_energy
from ...geometry import clusters, effective_rank
from ...seeded import drawn_layers, drawn_tokens
from .. import _proposals
from .._live import Array, Live

COSINE = 0.995  # tokens nearer in direction than this, 5.7°, are in one cluster
FAR = 1e6  # where tokens have run away
METHODS = ("layer", "euler", "rk4")
_FILE = json.loads(Path(__file__).with_name("presets.json").read_text("utf8"))
PRESETS, _START = _FILE["presets"], _FILE["start"]
LIMITS = _proposals.limits(__file__)
_CHOICES = {"method": METHODS, "norm": stack.NORMS, "weights": ("shared", "drawn")}


class Trajectories(Live):
    """3 to 64 tokens in 2 or 3 dimensions and the paths they draw through up to 64 layers, to play and to scrub.

    tokens      : (n, 2) or (n, 3), where they start; with a norm they are first put on its surface. Without `tokens`, `n`
                  of them (24) are drawn in `d` dimensions (3) from `seed`.
    selected    : index of the token that is marked
    Q, K, V     : (d, d), the head of every layer where `weights` is "shared"; the identity by default
    scale       : β ≥ 0, multiplies every score
    step        : time that a layer takes
    layers      : how many, 1 to 64;  layer: which one is shown, 0 to `layers`; between two the picture is on a straight line
    method      : "layer", one layer of a transformer, an Euler step of 1; "euler" or "rk4", with `step`
    norm        : None, "sphere" or "layernorm", as in `stack.trajectories`
    causal, include_self : as in `attention`
    weights     : "shared", or "drawn": each layer has Q, K and V of its own, from `seed`
    trails      : whether tokens leave trails
    turn        : [yaw, pitch] in degrees, how three dimensions are looked at

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
    def preset(cls, name, **state):
        """One of "clusters", "collapse", "rotation", "leaders", "divergence", "repulsion", "drawn"; `state` overrides parts."""
        return cls(**cls._preset_state(name) | state)

    def heads(self):
        """The (Q, K, V) of each layer, and of the one after the last: its energy is read there."""
        if self.weights == "drawn":
            return [tuple(layer) for layer in drawn_layers(self.layers + 1, self.tokens.shape[1], self.seed)]
        return [(self.Q, self.K, self.V)] * (self.layers + 1)

    def states(self):
        """Where the tokens are at each layer, (L + 1, n, d); fewer layers where they run away, past 10⁶."""
        options = {"scale": self.scale, "causal": self.causal, "include_self": self.include_self, "norm": self.norm}
        options |= {"step": 1.0 if self.method == "layer" else self.step, "method": "rk4" if self.method == "rk4" else "euler"}
        states = [stack.normalised(self.tokens, self.norm)]
        for head in self.heads()[:-1]:
            try:
                after = stack.trajectories(states[-1], [head], **options)[1]
            except ValueError:
                break  # overflow
            if np.abs(after).max() > FAR:
                break
            states.append(after)
        return np.stack(states)

    def meters(self):
        """What is read off each layer: {"energy": ln E, "clusters": by direction, "rank": effective rank}, (L + 1,) each."""
        states = self.states()
        options = {"scale": self.scale, "causal": self.causal, "include_self": self.include_self}
        energy = [log_energy(state, Q, K, **options) for state, (Q, K, _) in zip(states, self.heads())]
        return {"energy": np.array(energy), "clusters": clusters(states, cosine=COSINE), "rank": effective_rank(states)}

    def still(self):
        from ...figures.style import png
        from .still import alt, still

        given = {"states": self.states(), "meters": self.meters(), **{k: getattr(self, k) for k in ("layer", "selected", "norm", "turn")}}
        return png(still(**given)), alt(**given)

    @traitlets.validate("tokens")
    def _check_tokens(self, proposal):
        (n, d), fewest, most = proposal["value"].shape, LIMITS["tokens"]["min"], LIMITS["tokens"]["max"]
        if not fewest <= n <= most or d not in (2, 3):
            raise ValueError(f"tokens must be {fewest} to {most} rows of 2 or 3 numbers; got shape ({n}, {d})")
        return proposal["value"]

    @traitlets.validate("Q", "K", "V")
    def _check_matrix(self, proposal):
        d, shape = self.tokens.shape[1], proposal["value"].shape
        if shape != (d, d):
            raise ValueError(f"{proposal['trait'].name} must have shape ({d}, {d}), as the tokens have d = {d}; got shape {shape}")
        return proposal["value"]

    @traitlets.validate("selected")
    def _check_selected(self, proposal):
        return _proposals.index(proposal, len(self.tokens), "tokens")

    @traitlets.validate("layer")
    def _check_layer(self, proposal):
        return _proposals.moment(proposal, self.layers)

    @traitlets.validate(*_CHOICES)
    def _check_choice(self, proposal):
        return _proposals.choice(proposal, _CHOICES[proposal["trait"].name])

    @traitlets.validate("scale", "step", "layers", "seed")
    def _check_number(self, proposal):
        return _proposals.limited(proposal, LIMITS)

    @traitlets.observe("tokens", "layers")
    def _keep_parts_in_step(self, change):
        # assigning in Python another number of tokens, of dimensions or of layers keeps the widget whole
        n, d = self.tokens.shape
        self.selected = min(self.selected, n - 1)
        self.layer = min(self.layer, self.layers)
        for name in "QKV":
            if getattr(self, name).shape != (d, d):
                setattr(self, name, np.eye(d))
