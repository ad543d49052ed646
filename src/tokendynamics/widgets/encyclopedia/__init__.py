"""Encyclopedia: M as a book with two entries, what it answers, and how many entries a memory holds."""

from typing import Any

import traitlets

from ...knowledge import knowledge
from .. import _proposals
from .._live import Array, Live, beside
from .engine import half

PRESETS, _START = map(beside(__file__, "presets.json").get, ("presets", "start"))
SECTIONS = ("index", "capacity")
LIMITS = beside(__file__, "limits.json")


class Encyclopedia(Live):
    """The index space and the content space of one head, joined by M; beside it, three memories and what they hold.

    Parameters
    ----------
    tokens : (n, 2) array, n from 1 to 12
        Named tokens; their places are made up for the picture. QᵀK t is where the index puts one, V t is its content.
    names, answers : n words
        What each token is called in the index, and its content. Without them tokens are numbered.
    question : (2,) array
        The token that is asked about.
    sigma : (2,) array, at least 0
        The singular values of QᵀK.
    q_angle, k_angle : float, degrees
        Q = diag(√σ) Rᵀ, R the turn by this angle, so the index directions u₁ and u₂ are R's columns; the same for K and v₁, v₂.
    V : (2, 2) array
    rank : 1 or 2
    ridge : float, at least 0
        Those of `knowledge`.
    noise : float, at least 0
        In the index that is asked with, as a share of its length.
    count, dimension, seed : int
        How many entries the three memories hold (2 to 40), in how many dimensions (2 to 64), and which.
    scale : float, at least 0
        β of the memory that is read by attention.
    section : "index" or "capacity"
        Which half is open.

    Notes
    -----
    `Q`, `K` and `M` read out the matrices. Arrays come out as read-only numpy arrays; assign a new one to move the
    page. Bad input raises ValueError. Equations (5) and (13); `entries`, `lookup`, `store` and `recall` in `knowledge`.
    """

    view = "encyclopedia"
    presets = PRESETS
    state_names = (
        "tokens", "names", "answers", "question", "sigma", "q_angle", "k_angle", "V", "rank", "ridge", "noise",
        "count", "dimension", "scale", "seed", "section",
    )  # fmt: skip

    tokens = Array(_START["tokens"], (None, 2))
    names = traitlets.List(traitlets.Unicode(), default_value=_START["names"]).tag(sync=True)
    answers = traitlets.List(traitlets.Unicode(), default_value=_START["answers"]).tag(sync=True)
    question = Array(_START["question"], (2,))
    sigma = Array(_START["sigma"], (2,))
    q_angle = traitlets.Float(_START["q_angle"]).tag(sync=True)
    k_angle = traitlets.Float(_START["k_angle"]).tag(sync=True)
    V = Array(_START["V"], (2, 2))
    rank = traitlets.Int(_START["rank"]).tag(sync=True)
    ridge = traitlets.Float(_START["ridge"]).tag(sync=True)
    noise = traitlets.Float(_START["noise"]).tag(sync=True)
    count = traitlets.Int(_START["count"]).tag(sync=True)
    dimension = traitlets.Int(_START["dimension"]).tag(sync=True)
    scale = traitlets.Float(_START["scale"]).tag(sync=True)
    seed = traitlets.Int(_START["seed"]).tag(sync=True)
    section = traitlets.Unicode(_START["section"]).tag(sync=True)

    def __init__(self, **state):
        if "tokens" in state:
            for name, stem in (("names", "t"), ("answers", "V t")):
                state.setdefault(name, [f"{stem}{k + 1}" for k in range(len(state["tokens"]))])
        super().__init__(**state)

    @classmethod
    def preset(cls, name: str, **state: Any) -> "Encyclopedia":
        """One of "plain", "loud", "ridge", "lost"; `state` overrides parts of it."""
        return cls(**cls._preset_state(name) | state)

    @property
    def Q(self):
        """(2, 2), from `sigma` and `q_angle`."""
        return half(self.sigma, self.q_angle)

    @property
    def K(self):
        """(2, 2), from `sigma` and `k_angle`."""
        return half(self.sigma, self.k_angle)

    @property
    def M(self):
        """(2, 2), `knowledge(Q, K, V)` with the widget's ridge and rank."""
        return knowledge(self.Q, self.K, self.V, ridge=self.ridge, rank=self.rank)

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .still import alt, still

        return png(still(self)), alt(self)

    @traitlets.validate("tokens")
    def _check_tokens(self, proposal):
        return _proposals.rows(proposal, LIMITS)

    @traitlets.validate("names", "answers")
    def _check_words(self, proposal):
        return _proposals.one_each(proposal, self.tokens)

    @traitlets.validate("sigma")
    def _check_sigma(self, proposal):
        if (proposal["value"] < LIMITS["sigma"]["min"]).any():
            raise ValueError(f"sigma must be two numbers of at least 0; got {proposal['value'].tolist()}")
        return proposal["value"]

    _check_section = _proposals.choices({"section": SECTIONS})
    _check_number = _proposals.numbers(LIMITS, "q_angle", "k_angle", "rank", "ridge", "noise", "count", "dimension", "scale", "seed")

    @traitlets.observe("tokens")
    def _keep_words_in_step(self, change):
        # assigning more or fewer tokens in Python keeps the words there are
        n = len(change["new"])
        for name, stem in (("names", "t"), ("answers", "V t")):
            words = getattr(self, name)
            if len(words) != n:
                setattr(self, name, (words + [f"{stem}{k + 1}" for k in range(len(words), n)])[:n])
