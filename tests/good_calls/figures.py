"""Good calls of the chapters' figures, on a few numbers each."""

import numpy as np

from tokendynamics.emergence.tables import table
from tokendynamics.real import mobility, probes, senses
from tokendynamics.stack import normalised

rng = np.random.default_rng(0)
STATES_ON_SPHERE = normalised(rng.standard_normal((4, 3, 3)), "sphere")
TOKENS, Q, K, V = rng.standard_normal((3, 2)), *rng.standard_normal((3, 2, 2))
STATES, SHARES = rng.standard_normal((4, 3, 2)), rng.uniform(0.1, 0.9, (2, 2, 3))
NAMES, TASKS = ["a", "b", "c"], ["one", "two"]
BY_TASK = {task: rng.uniform(size=3) for task in TASKS}
LIGHT = senses.shipped()
HEAD = {"tokens": TOKENS, "Q": Q, "K": K, "V": V, "names": NAMES, "selected": 1}

GOOD = {
    "figures.plots.drawn": {"data": [{"type": "scatter", "x": [1, 2], "y": [1, 2]}], "layout": {"hovermode": "closest"}, "alt": "two marks"},
    "figures.plots.landscape": {"keys": TOKENS, "Q": Q, "K": K, "paths": {"one": STATES[:, 0], "two": STATES[:, 1]}, "names": NAMES},
    "figures.plots.sphere": {"states": STATES_ON_SPHERE, "mark": [1]},
    "figures.plots.phase": {"rows": table("again"), "up": "right"},
    "figures.moving.two_sentences": {"data": senses.only(LIGHT, "light", LIGHT["words"]["light"]["sentences"][:2]), "word": "light"},
    "figures.chapter1.step_by_the_mean": HEAD,
    "figures.chapter1.third_law": {"ratios": {"control": SHARES[0, 0], "heads": SHARES[0, 1]}, "xlabel": "ratio"},
    "figures.chapter2.index_and_content": HEAD | {"answers": NAMES, "scale": 0.5},
    "figures.chapter2.loud_entries": {"Q": Q, "K": K, "V": V},
    "figures.chapter2.curves": {
        "panels": {"one": {"outer": SHARES[0], "other": SHARES[0, 0]}}, "x": np.array([1.0, 2, 4]),
        "xlabel": "x", "ylabel": "y", "log": True, "marks": [(2, "d")],
    },
    "figures.chapter2.learned_index": {"found": rng.standard_normal((3, 3)), "wanted": Q, "d_key": 2},
    "figures.chapter2.real_heads": {"table": mobility.shipped()},
    "figures.chapter3.stack": {"tokens": TOKENS, "layers": [(Q, K, V)] * 2, "names": NAMES, "selected": 0, "causal": True},
    "figures.chapter3.paths": {"states": STATES, "Q": Q, "K": K, "names": NAMES, "selected": 0, "at": -1},
    "figures.chapter3.curves": {
        "series": {"one": (np.array([1.0, 2]), np.array([1.0, 3])), "control": (np.array([1.0, 2]), np.array([2.0, 2]))},
        "xlabel": "x", "ylabel": "y", "logx": False, "logy": False, "marks": True, "titles": None,
    },
    "figures.chapter3.snapshots": {
        "states": STATES, "moments": [0, 2], "titles": ["a", "b"], "ball": True, "mark": [1], "hull": TOKENS,
    },
    "figures.chapter3.map_of": {
        "values": SHARES[0], "across": np.arange(3.0), "up": np.arange(2.0), "xlabel": "x", "ylabel": "y", "label": "share",
    },
    "figures.chapter3.panes": {"runs": {"one": STATES, "two": STATES}, "reach": 2.0},
    "figures.chapter3.turning": {"orbits": STATES, "keys": TOKENS, "Q": Q, "K": K, "crowd": STATES, "names": NAMES},
    "figures.chapter4.segments": {"words": NAMES, "segments": rng.standard_normal((2, 3, 4)), "layer": 1},
    "figures.chapter4.reads": {"shares": SHARES, "tasks": TASKS},
    "figures.chapter4.tables": {"panels": {"one": SHARES}, "tasks": TASKS},
    "figures.chapter4.accuracies": {
        "table": dict.fromkeys(("joint", "frozen", "fine", "blind"), BY_TASK), "tasks": TASKS, "floors": {"chance": dict.fromkeys(TASKS, 0.4)},
    },
    "figures.chapter4.moved_paths": {"paths": {"one": STATES, "two": STATES + 0.1}, "words": NAMES},
    "figures.chapter4.heads_by_tasks": {"data": probes.shipped()},
    "figures.chapter5.thresholds": {
        "panels": {"one": {"a": (np.arange(1.0, 3), SHARES[0])}}, "xlabel": "x", "ylabel": "y", "log": True, "chance": 0.2,
    },
    "figures.chapter5.matrices": {"panels": {"one": SHARES[0]}, "rows": "head", "columns": "role"},
    "figures.chapter5.phase_diagram": {"share": SHARES[0], "heads": (1, 2), "counts": (8, 16, 32), "title": "share"},
    "figures.chapter5.along_training": {"curves": [{"steps": np.arange(3.0), "accuracy": SHARES[0, 0]}], "names": ["accuracy"]},
    "figures.chapter5.every_seed": {
        "rows": {"share": {"one": {"a": (np.arange(1.0, 3), SHARES[0])}}}, "xlabel": "x", "log": True, "chance": 0.2,
    },
    "figures.chapter5.scaling": {
        "lines": {"one": (np.arange(1.0, 3), SHARES[0] + 1)}, "fits": {"law": (np.arange(1.0, 3), -0.5, 0.1)}, "xlabel": "x", "ylabel": "y",
    },
    "figures.chapter6.heads_and_controls": {"laws": {"one": (SHARES[0], {"random arrows": SHARES[1], "dealt": SHARES[0, :, 0]}, 1.0)}},
    "figures.chapter6.climbing": {"panels": {"one": {"model": SHARES[0, 0], "random": SHARES[0, 1]}}},
    "figures.chapter6.heads_found": {
        "by_place": np.ones(6), "scores": {"induction": SHARES[0], "previous": SHARES[1]}, "off": SHARES[0], "threshold": 0.3,
    },
    "figures.chapter6.by_layer": {"panels": {"one": {"a": SHARES[0, 0], "control": SHARES[0, 1]}}, "ylabel": "y", "first": 1, "log": True},
    "figures.chapter6.patching": {"states": SHARES[0], "places": NAMES, "heads": SHARES[1]},
    "figures.chapter6.reading_off": {
        "prompts": [{"prompt": "a", "answer": "b", "probability": SHARES[0, 0]}], "text": {"agrees": SHARES[0, 0], "agrees_dealt": SHARES[0, 1]},
    },
}  # fmt: skip
DRAWS = "draws on axes that a figure of the book has made"
LEFT_OUT = {f"figures.style.{name}": DRAWS for name in ("png", "draw_token", "draw_arrow", "draw_frame", "plain")}
LEFT_OUT |= {f"figures.style.{name}": "a size, a colour or a pair that a figure has made" for name in ("new_figure", "ramp", "pair")}
