"""Good calls of what Heads and tasks and Sweeps compute."""

import numpy as np

from tokendynamics.widgets.heads_and_tasks import packed
from tokendynamics.widgets.sweeps import engine as sweeps

from .heads import INSTEAD, KEEP, MODEL, RUN, WORDS

HT = "widgets.heads_and_tasks."
ASKED = {**MODEL, "words": WORDS[0], "token": 1, "keep": KEEP, "instead": INSTEAD}
SWEEP = sweeps.points()["sweeps"]["data"]
LINE = {"line": SWEEP["lines"][0], "metric": "all_right", "length": 2}

GOOD = {
    f"{HT}engine.added": ASKED,
    f"{HT}engine.added_on_average": {**RUN, "instead": INSTEAD},
    f"{HT}engine.answers": ASKED,
    f"{HT}engine.bent": {**MODEL, "layer": 0, "head": 1, "turns": np.array([30.0, 0, 90]), "stretches": np.array([1, 0.5, 2]), "seed": 1},
    f"{HT}model.model_for": RUN,
    f"{HT}model.shipped": {},
    f"{HT}packed.pack": MODEL,
    f"{HT}packed.unpack": {"packed": packed.pack(MODEL["parameters"])},
    "widgets.sweeps.engine.longest": {"sweep": SWEEP},
    "widgets.sweeps.engine.means": LINE,
    "widgets.sweeps.engine.metrics_of": {"sweep": SWEEP},
    "widgets.sweeps.engine.points": {},
    "widgets.sweeps.engine.values": LINE,
}
LEFT_OUT = {f"{HT}model.main": "a command"}
