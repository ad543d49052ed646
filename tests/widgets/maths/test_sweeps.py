"""The sweeps' means and their figure, by JavaScript and by Python."""

import json
import subprocess
from pathlib import Path

import numpy as np
from node import find

from tokendynamics.figures.style import PALETTE
from tokendynamics.widgets import Sweeps
from tokendynamics.widgets.sweeps import engine

FIGURE = Path(engine.__file__).with_name("figure.js").as_uri()
TRACES = """import { readFileSync } from "node:fs";
import { diagram, lines } from "%s";
const { data, palette, states } = JSON.parse(readFileSync(0, "utf8"));
const page = { width: 700, height: 500, letter: 12.5, colour: (name) => palette[name] };
console.log(JSON.stringify(states.map(({ title, ...state }) => (state.diagram ? diagram : lines)(data, state, title, page))));"""


def test_values_and_means(node):
    data = engine.points()
    for name, sweep in data["sweeps"].items():
        assert node.call("sweeps/engine", "longest", sweep) == engine.longest(sweep), name
        for line in sweep["lines"]:
            for metric in engine.metrics_of(sweep):
                for n in {1, engine.longest(sweep)}:
                    assert node.call("sweeps/engine", "values", line, metric, n).tolist() == engine.values(line, metric, n)
                    ours, theirs = node.call("sweeps/engine", "means", line, metric, n), engine.means(line, metric, n)
                    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_figure_that_python_gives_is_the_one_of_the_page():
    widgets = [Sweeps(sweep="depth", seed=3), Sweeps(sweep="size", metric="log_probability"), Sweeps(sweep="phase", length=2)]
    states = [
        each.state() | {"diagram": each.sweep == "phase", "title": each.figure().layout.title.text.partition(": ")[2]} for each in widgets
    ]
    given = json.dumps({"data": widgets[0].data, "palette": PALETTE, "states": states})
    script = [find("node"), "--input-type=module", "-e", TRACES % FIGURE]
    made = subprocess.run(script, input=given, capture_output=True, encoding="utf8", check=True, timeout=60)
    for theirs, each in zip(json.loads(made.stdout), widgets, strict=True):
        ours = each.figure().to_plotly_json()
        for wanted, trace in zip(theirs["data"], ours["data"], strict=True):
            np.testing.assert_allclose([trace["x"], trace["y"]], [wanted["x"], wanted["y"]], rtol=1e-12)
            look, other = trace.get("marker", trace.get("line")), wanted.get("marker", wanted.get("line"))
            assert (trace.get("text"), {**look}) == (wanted.get("text"), other)
        boxes = [[box["opacity"] for box in figure["layout"].get("shapes", [])] for figure in (ours, theirs)]
        np.testing.assert_allclose(*boxes, rtol=1e-12)
