"""Emergence lab: a small transformer trains in the page, and its heads find roles, or do not."""

from typing import Any

import numpy as np
import traitlets

from ...emergence import pairs, roles
from ...emergence.tables import grid, select, table
from .. import _proposals
from .._live import Live, beside

PRESETS, _START, _OWN = map(beside(__file__, "presets.json").get, ("presets", "start", "own"))
LIMITS = beside(__file__, "limits.json")
HEADS = LIMITS["heads"]
METRICS = ("accuracy", "log_probability", "all_right", "both")
WIDTHS = LIMITS["d"]
PAIRS = LIMITS["length"]["max"]


class EmergenceLab(Live):
    """Choose heads, width, depth, data and how long; train; watch what the heads come to do.

    Parameters
    ----------
    task : "roles" or "pairs"
        One layer of `emergence.roles`, or `emergence.pairs`.
    heads : 1, 2, 3, 4, 6 or 8 for roles; 1, 2 or 4 in each layer for pairs
    roles : int, 2 to 6
    streams : 1 or 2
        With 2, scores see tags alone and values words alone; for the roles task.
    layers : int, 1 to 3
        For the pairs task.
    count : int, 0 to 8192
        Sentences to learn from; 0 for new ones at every step.
    steps : int, 10 to 8000
    rate : float, above 0 and at most 10
        The learning rate.
    seed : int
        Fixes all that is random.
    metric : "accuracy", "log_probability", "all_right" or "both"
        With "both", the curves of accuracy stand above those of log-probability.
    length : int
        The number of answers that must all be right.
    d : int, optional
        The width: 8, 12, 24, 48 or 96 for roles, 24 by default; 8, 16, 32 or 64 for pairs, 32 by default. The heads divide it.
    decay : float, 0 to 10, optional
        Weight decay, 0 for roles and 0.01 for pairs by default.

    Notes
    -----
    The page trains in a worker, with gradients held to numpy's; its random numbers are its own, so a seed gives another run there
    than in Python. `train()` does the same in Python. *Train on* makes of a run the one that had more steps from the start: it goes on
    from where the two part, for roles the step at which the rate falls. `results` is what the page's runs came to, a list of dicts.
    Bad input raises ValueError.
    """

    view = "emergence-lab"
    presets = PRESETS
    state_names = ("task", "heads", "roles", "layers", "streams", "count", "steps", "rate", "seed", "metric", "length", "d", "decay")
    given_names = ("results", "phase")

    task = traitlets.Unicode(_START["task"]).tag(sync=True)
    heads = traitlets.Int(_START["heads"]).tag(sync=True)
    roles = traitlets.Int(_START["roles"]).tag(sync=True)
    layers = traitlets.Int(_START["layers"]).tag(sync=True)
    streams = traitlets.Int(_START["streams"]).tag(sync=True)
    count = traitlets.Int(_START["count"]).tag(sync=True)
    steps = traitlets.Int(_START["steps"]).tag(sync=True)
    rate = traitlets.Float(_START["rate"]).tag(sync=True)
    seed = traitlets.Int(_START["seed"]).tag(sync=True)
    metric = traitlets.Unicode(_START["metric"]).tag(sync=True)
    length = traitlets.Int(_START["length"]).tag(sync=True)
    d = traitlets.Int(_START["d"], allow_none=True).tag(sync=True)
    decay = traitlets.Float(_START["decay"], allow_none=True).tag(sync=True)
    results = traitlets.List(traitlets.Dict()).tag(sync=True)
    phase = traitlets.Dict(allow_none=True).tag(sync=True)  # the shipped diagram that runs are marked on; None leaves it away

    @traitlets.default("phase")
    def _shipped_phase(self):
        rows = table("phase")
        heads = sorted({row["heads"] for row in rows})
        counts = sorted({row["count"] for row in rows})
        means = [[np.mean(values) for _, values in zip(*grid(select(rows, heads=h), "count", "all_right", -1))] for h in heads]
        return {"heads": heads, "counts": counts, "all_right": np.round(means, 3).tolist()}

    @classmethod
    def preset(cls, name: str, **state: Any) -> "EmergenceLab":
        """One of "enough", "few", "one", "data", "shallow", "deep", "longer", "narrow", "wide", "grok"; `state` overrides parts of it."""
        return cls(**cls._preset_state(name) | state)

    def arguments(self) -> dict[str, Any]:
        """What `roles.train` or `pairs.train` is given for this state: `roles.train(**lab.arguments())`."""
        own = {"roles": self.roles, "streams": self.streams} if self.task == "roles" else {"layers": self.layers}
        return own | {
            "heads": self.heads,
            "d": self._own("d"),
            "count": self.count or None,
            "steps": self.steps,
            "rate": self.rate,
            "decay": self._own("decay"),
            "seed": self.seed,
        }

    def train(self, *, every=20):
        """What Train does, in numpy: the `Run` of `roles.train` or `pairs.train`."""
        train = roles.train if self.task == "roles" else pairs.train
        return train(**self.arguments(), every=every)

    def still(self) -> tuple[bytes, str]:
        from ...figures.style import png
        from .still import alt, still

        run, name = self.train(every=50), self._title()
        return png(still(run, name)), alt(run, name)

    def _own(self, name):
        """Width or decay: what is chosen, or the task's own."""
        value = getattr(self, name)
        return _OWN[self.task][name] if value is None else value

    def _title(self):
        data = f"{self.count} sentences" if self.count else "new sentences at every step"
        model = f"{self.heads} heads, {self.roles} roles"
        if self.task == "pairs":
            model = f"pairs in context, {self.layers} layers of {self.heads} heads"
        words = {"d": "width", "decay": "weight decay"}
        unlike = [f"{words[name]} {self._own(name):g}" for name, own in _OWN[self.task].items() if self._own(name) != own]
        return ", ".join([model, *unlike, data])

    _check_choice = _proposals.choices({"task": HEADS, "metric": METRICS})

    @traitlets.validate("heads")
    def _check_heads(self, proposal):
        if proposal["value"] not in HEADS[self.task]:
            raise ValueError(
                f"heads must be one of {', '.join(map(str, HEADS[self.task]))} for the {self.task} task; got {proposal['value']}"
            )
        return self._divided(proposal, self._own("d"), proposal["value"])

    @traitlets.validate("d")
    def _check_width(self, proposal):
        d = proposal["value"]
        if d is not None and d not in WIDTHS[self.task]:
            raise ValueError(f"d must be one of {', '.join(map(str, WIDTHS[self.task]))} for the {self.task} task; got {d}")
        return self._divided(proposal, d or _OWN[self.task]["d"], self.heads)

    def _divided(self, proposal, d, heads):
        if d % heads:
            raise ValueError(f"heads must divide d = {d}; got {heads}")
        return proposal["value"]

    @traitlets.validate("decay")
    def _check_decay(self, proposal):
        ends = LIMITS["decay"]
        return None if proposal["value"] is None else _proposals.number(proposal, ends["min"], ends["max"])

    @traitlets.validate("length")
    def _check_length(self, proposal):
        return _proposals.whole(proposal, 1, self.roles if self.task == "roles" else PAIRS)

    @traitlets.validate("rate")
    def _check_rate(self, proposal):
        if not 0 < proposal["value"] <= LIMITS["rate"]["max"]:
            raise ValueError(f"rate must be a number above 0 and at most {LIMITS['rate']['max']}; got {proposal['value']}")
        return proposal["value"]

    _check_whole = _proposals.numbers(LIMITS, "roles", "layers", "streams", "count", "steps", "seed")

    @traitlets.observe("task", "roles")
    def _keep_in_step(self, change):
        # another task in Python keeps what fits it
        if self.heads not in HEADS[self.task]:
            self.heads = 1
        if self.d is not None and (self.d not in WIDTHS[self.task] or self.d % self.heads):
            self.d = None
        self.length = min(self.length, self.roles if self.task == "roles" else PAIRS)
