"""Good calls of what the widgets show on paper, and of what they compute beside the laws."""

import numpy as np

from tokendynamics.emergence import roles
from tokendynamics.real import senses
from tokendynamics.widgets import Encyclopedia, GravityAndAttention, HeadsAndTasks, Trajectories
from tokendynamics.widgets.gravity_and_attention import engine
from tokendynamics.widgets.sweeps.engine import points

rng = np.random.default_rng(0)
TOKENS, Q, K, V = rng.standard_normal((3, 2)), *rng.standard_normal((3, 2, 2))
LAB = {"tokens": TOKENS, "Q": Q, "K": K, "V": V, "names": ["a", "b", "c"], "selected": 1, "scale": 0.5, "include_self": True}
CROWD, PAIR = Trajectories(n=4, layers=3), GravityAndAttention(steps=4)
JOURNEY = {"states": CROWD.states(), "meters": CROWD.meters(), "layer": 1.5, "selected": 0, "norm": None, "turn": np.array([-30.0, 20.0])}
TWO = {"histories": PAIR.histories(), "time": 1.5, "selected": 0}
PULLS = engine.pulls(PAIR.bodies, PAIR.masses, PAIR.Q, PAIR.K, PAIR.V)
RUN = {"run": roles.train(heads=2, roles=2, steps=2, every=1, count=8), "title": "two steps"}
REAL = {
    "data": senses.shipped(), "word": "bank", "layer": 2.5, "basis": "own", "components": (1, 2), "tokens": "word", "trails": True,
    "shown": senses.shipped()["words"]["bank"]["sentences"],
}  # fmt: skip
SWEEP = {"data": points(), "sweep": "metric", "metric": "all_right", "length": 2, "seed": 0, "diagram": False}

GOOD = {
    f"widgets.{widget}.still.{name}": call
    for widget, call in {
        "force_lab": LAB, "encyclopedia": {"widget": Encyclopedia()}, "trajectories": JOURNEY, "gravity_and_attention": TWO,
        "heads_and_tasks": {"widget": HeadsAndTasks()}, "emergence_lab": RUN, "sweeps": SWEEP, "real_trajectories": REAL,
    }.items()
    for name in ("still", "alt")
}  # fmt: skip
GOOD["widgets.gravity_and_attention.still.alt"] = TWO | {"pulls": PULLS}
GOOD["widgets.sweeps.plot.figure"] = SWEEP
GOOD["widgets.real_trajectories.plot.figure"] = {name: given for name, given in REAL.items() if name != "components"} | {
    "turn": (10.0, 20.0)
}
GOOD["widgets.encyclopedia.engine.half"] = {"sigma": np.array([1.0, 0.5]), "angle": 30.0}
LEFT_OUT = {"widgets.real_trajectories.trajectories_of": "takes its sentences one by one, and needs the model's weights"}
