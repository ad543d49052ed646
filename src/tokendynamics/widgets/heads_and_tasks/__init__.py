"""Heads and tasks: a tiny transformer with four read-outs, its heads to switch off and to bend."""

from typing import Any

import numpy as np
import traitlets

from ...heads import corpus
from .. import _proposals
from .._live import Array, Live, beside
from . import engine, packed
from .model import shipped

PRESETS, _START = map(beside(__file__, "presets.json").get, ("presets", "start"))
LIMITS = beside(__file__, "limits.json")
INSTEAD = ("zero", "mean")


class HeadsAndTasks(Live):
    """A sentence of the corpus read by the trained model "joint", seed 0: attention, segments, and the four tasks' answers.

    Parameters
    ----------
    sentence : str
        1 to 24 words of `corpus.VOCABULARY` with spaces between them.
    token : int
        Index of the word that the next word and the entity are asked at; class and sentiment are asked at the last.
    off : [layer, head] each, counted from 0
        The heads that are off.
    instead : "zero" or "mean"
        What stands in for a head that is off; the last is its mean over the held-out sentences.
    head : [layer, head]
        The one whose matrices are bent.
    turns : (3,) array, degrees
        By which its Q, K and V are turned towards a random matrix: 0 is learned, 90 is random.
    stretches : (3,) array, 0 to 1000
        By what they are multiplied.
    seed : int, 0 to 10,000
        Which random matrices.
    model : dict, default the book's
        From `model.model_for`. Read once, when the widget is shown.

    Notes
    -----
    `answers()` reads out the probabilities. Bad input raises ValueError. `engine` computes the same.
    """

    view = "heads-and-tasks"
    presets = PRESETS
    state_names = ("sentence", "token", "off", "instead", "head", "turns", "stretches", "seed")
    given_names = ("model",)

    model = traitlets.Dict().tag(sync=True)
    sentence = traitlets.Unicode(_START["sentence"]).tag(sync=True)
    token = traitlets.Int(_START["token"]).tag(sync=True)
    off = traitlets.List(traitlets.List(traitlets.Int()), default_value=_START["off"]).tag(sync=True)
    instead = traitlets.Unicode(_START["instead"]).tag(sync=True)
    head = traitlets.List(traitlets.Int(), default_value=_START["head"]).tag(sync=True)
    turns = Array(_START["turns"], (3,))
    stretches = Array(_START["stretches"], (3,))
    seed = traitlets.Int(_START["seed"]).tag(sync=True)

    def __init__(self, *, model=None, **state):
        if "sentence" in state:
            state.setdefault("token", 0)
        super().__init__(model=shipped() if model is None else model, **state)

    @classmethod
    def preset(cls, name: str, **state: Any) -> "HeadsAndTasks":
        """One of "whole", "no-entity", "no-class", "no-sentiment", "random-query", "silent"; `state` overrides parts of it."""
        return cls(**cls._preset_state(name) | state)

    @property
    def parameters(self):
        """The model's parameters with one head bent as the widget has it, {name: float64 array}."""
        layer, head = self.head
        return engine.bent(packed.unpack(self.model["weights"]), layer, head, self.turns, self.stretches, self.seed)

    @property
    def switches(self):
        """`keep` and `instead` for `transformer.forward`."""
        means = np.array(self.model["means"])
        keep = np.ones(means.shape[:2])
        for layer, head in self.off:
            keep[layer, head] = 0
        return {"keep": keep, "instead": means if self.instead == "mean" else None}

    def answers(self):
        """The probabilities of each task's answers, {task: (classes,)}, as the page shows them."""
        return engine.answers(self.parameters, corpus.numbers(self.sentence), self.token, **self.switches)

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .still import alt, still

        return png(still(self)), alt(self)

    @traitlets.validate("sentence")
    def _check_sentence(self, proposal):
        corpus.numbers(proposal["value"])  # says which word is not there
        return proposal["value"]

    @traitlets.validate("token")
    def _check_token(self, proposal):
        return _proposals.index(proposal, len(corpus.numbers(self.sentence)), "words")

    @traitlets.validate("off", "head")
    def _check_heads(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        L, H = np.shape(self.model["means"])[:2]
        for each in value if name == "off" else [value]:
            if len(each) != 2 or not (0 <= each[0] < L and 0 <= each[1] < H):
                raise ValueError(f"{name} must name heads as [layer, head], layers 0 to {L - 1}, heads 0 to {H - 1}; got {each}")
        return sorted(map(list, set(map(tuple, value)))) if name == "off" else value

    _check_instead = _proposals.choices({"instead": INSTEAD})

    @traitlets.validate("stretches")
    def _check_stretches(self, proposal):
        if (proposal["value"] < 0).any() or (proposal["value"] > LIMITS["stretches"]["max"]).any():
            raise ValueError(f"stretches must be three numbers from 0 to {LIMITS['stretches']['max']}; got {proposal['value'].tolist()}")
        return proposal["value"]

    @traitlets.validate("seed")
    def _check_seed(self, proposal):
        if not 0 <= proposal["value"] <= LIMITS["seed"]["max"]:
            raise ValueError(f"seed must be a whole number from 0 to 10,000; got {proposal['value']}")
        return proposal["value"]

    @traitlets.validate("model")
    def _check_model(self, proposal):
        packed.unpack(proposal["value"].get("weights"))  # refuses damaged numbers in words
        return proposal["value"]

    @traitlets.observe("sentence")
    def _keep_token_in_the_sentence(self, change):
        self.token = min(self.token, len(corpus.numbers(change["new"])) - 1)
