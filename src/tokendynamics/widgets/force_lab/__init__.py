"""Force lab: a few tokens in a plane, the landscape each one moves in, and Q, K, V to slide."""

from typing import Any

import traitlets

from ... import stack
from .. import _proposals
from .._live import Array, Live, beside

PRESETS = beside(__file__, "presets.json")
_START = PRESETS["identity"]
LIMITS = beside(__file__, "limits.json")
STORY = beside(__file__, "story.json")
OF_TIME = ("step", "norm", "trails", "flow")  # what a still does not show
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ForceLab(Live):
    """A plane of 2–24 tokens to drag, with the potential φ, the force ∇φ and the motion V T a of one of them.

    Parameters
    ----------
    tokens : (n, 2) array
        Without `names`, tokens are lettered.
    names : n words
    Q, K, V : (2, 2) array
    selected : int
        Index of the token whose landscape is drawn.
    scale : float, at least 0
        β, multiplies every score.
    include_self : bool
        Whether a token attends to itself.
    step : float
        The time that one tick of Play takes; 1 is one layer.
    norm : None, "sphere" or "layernorm"
        What holds the tokens after each step, as in `td.trajectories`.
    trails, flow : bool
        Whether Play leaves trails, and whether specks drift along the field.
    story : bool
        Whether a story in some steps is offered; no part of the state.

    Notes
    -----
    Arrays come out as read-only numpy arrays; assign a new one to move the page, and a drag on the page moves
    them. Bad input raises ValueError. Equations (4), (5), (9), (14).
    """

    view = "force-lab"
    presets = PRESETS
    state_names = ("tokens", "names", "selected", "Q", "K", "V", "scale", "include_self", "step", "norm", "trails", "flow")

    tokens = Array(_START["tokens"], (None, 2))
    names = traitlets.List(traitlets.Unicode(), default_value=_START["names"]).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)
    Q = Array(_START["Q"], (2, 2))
    K = Array(_START["K"], (2, 2))
    V = Array(_START["V"], (2, 2))
    scale = traitlets.Float(1.0).tag(sync=True)
    include_self = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Float(0.1).tag(sync=True)
    norm = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    trails = traitlets.Bool(True).tag(sync=True)
    flow = traitlets.Bool(False).tag(sync=True)
    story = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **state):
        if "tokens" in state and "names" not in state:
            state["names"] = list(_LETTERS[: len(state["tokens"])])
        super().__init__(**state)

    @classmethod
    def preset(cls, name: str, **state: Any) -> "ForceLab":
        """One of "identity", "turning", "repelling", "singular", "article"; `state` overrides parts of it."""
        return cls(**cls._preset_state(name) | state)

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .still import alt, still

        state = {name: value for name, value in self.state().items() if name not in OF_TIME}
        return png(still(**state)), alt(**state)

    @traitlets.validate("tokens")
    def _check_tokens(self, proposal):
        return _proposals.rows(proposal, LIMITS)

    _check_selected = _proposals.index_of("selected", "tokens")

    @traitlets.validate("names")
    def _check_names(self, proposal):
        return _proposals.one_each(proposal, self.tokens)

    _check_number = _proposals.numbers(LIMITS, "scale", "step")
    _check_choice = _proposals.choices({"norm": stack.NORMS})

    @traitlets.observe("tokens")
    def _keep_names_in_step(self, change):
        # assigning more or fewer tokens in Python keeps the names there are
        n = len(change["new"])
        if len(self.names) != n:
            self.names = (self.names + [c for c in _LETTERS if c not in self.names])[:n]
        if self.selected >= n:
            self.selected = n - 1
