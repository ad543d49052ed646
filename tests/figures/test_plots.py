"""Plotly figures: what they hold is what they were given; their words are there; and who has no plotly is told what to install."""

import sys

import numpy as np
import pytest

import tokendynamics as td
from tokendynamics.emergence.tables import table
from tokendynamics.figures import plots
from tokendynamics.stack import normalised
from tokendynamics.widgets import RealTrajectories, Sweeps
from tokendynamics.widgets.sweeps import engine

EYE = np.eye(2)
KEYS = np.array([[1.4, 0.7], [-0.2, 1.6]])
PATH = np.array([[-1.2, -0.6], [-1.0, 0.2], [0.3, 0.4]])


def places(trace):
    return np.column_stack([np.array(trace[letter], dtype=float) for letter in "xyz"])


def test_ways_lie_on_the_landscape_as_it_is():
    figure = plots.landscape(KEYS, EYE, EYE, {"one": PATH, "back": PATH[::-1]}, names=["cat", "mat"])
    ground, way = figure.data[0], figure.data[1]
    x, y = np.meshgrid(ground.x, ground.y)
    points = np.stack([x, y], axis=-1).reshape(-1, 2)
    np.testing.assert_allclose(np.ravel(ground.z), td.potential_at(points, KEYS, EYE, EYE), atol=2e-3)  # its places are rounded, too
    at = places(way)
    np.testing.assert_allclose(at[:, :2], PATH)
    above = at[:, 2] - td.potential_at(PATH, KEYS, EYE, EYE)
    np.testing.assert_allclose(above, above[0], atol=1e-3)
    assert 0 < above[0] < 0.02 * np.ptp(ground.z)
    assert "“one” from " in figure.layout.meta["alt"]


def test_ways_on_the_sphere_are_the_states_layer_by_layer():
    points = normalised(np.random.default_rng(0).standard_normal((6, 3)), "sphere")
    run = td.trajectories(points, [(np.eye(3),) * 3] * 8, norm="sphere", include_self=True)
    figure = plots.sphere(run, mark=[4])
    (marked,) = [trace for trace in figure.data if trace.name == "marked"]
    np.testing.assert_allclose(places(marked)[:-1], 1.01 * run[:, 4], atol=1e-3)
    with pytest.raises(ValueError, match="states must be of length 1"):
        plots.sphere(2 * run)


def test_a_phase_diagram_has_the_measured_runs_and_no_others():
    rows = [*table("phase"), *(row for row in table("again") if row["steps"] > 1000)]
    marks = [trace for trace in plots.phase(rows, up="right").data if trace.type != "surface" and trace.mode == "markers"]
    drawn = sorted(tuple(place) for trace in marks for place in places(trace).round(3).tolist())
    assert drawn == sorted((round(np.log2(row["count"]), 3), row["heads"], round(row["all_right"][-1], 3)) for row in rows)
    assert [trace.name for trace in marks] == ["1,000 steps", "2,000 steps", "4,000 steps", "8,000 steps"]


@pytest.mark.parametrize("state", [{"sweep": "depth"}, {"sweep": "phase", "diagram": False, "length": 2, "seed": 6}])
def test_the_figure_of_the_sweeps_has_the_runs_of_the_widget(state):
    sweeps = Sweeps(**state)
    marks = [trace for trace in sweeps.figure().data if trace.type != "surface" and trace.mode == "markers"]
    for line, trace in zip(sweeps.data["sweeps"][sweeps.sweep]["lines"], marks, strict=True):
        assert list(trace.y) == engine.values(line, "all_right", sweeps.length)
        assert np.all(np.array(trace.marker.size) == np.where(np.array(line["seed"]) == sweeps.seed, 12, 7))


def test_the_diagram_of_the_sweeps_stands_on_the_means():
    lines = engine.points()["sweeps"]["phase"]["lines"]
    figure = Sweeps(sweep="phase").figure()
    means = [each.mean for line in lines for each in engine.means(line, "all_right", 4)]
    np.testing.assert_allclose([box.opacity for box in figure.layout.shapes], 0.06 + 0.5 * np.array(means))


def test_the_figure_of_real_trajectories_has_their_three_directions():
    widget = RealTrajectories(word="bank", layer=5, turn=[30.0, 10.0])
    figure, data = widget.figure(), widget.data
    marks = [trace for trace in figure.data if trace.mode == "markers+text"]
    for sense, trace in zip(data["words"]["bank"]["senses"], marks, strict=True):
        real = [s["own"][5][s["target"]] for s in data["sentences"] if (s["word"], s["sense"]) == ("bank", sense)]
        np.testing.assert_allclose(places(trace), real, rtol=1e-12)
    eye = figure.layout.scene.camera.eye
    assert np.degrees(np.arctan2(eye.y, eye.x)) == pytest.approx(30) and np.degrees(np.arcsin(eye.z / 1.45)) == pytest.approx(10)


def test_without_plotly_the_words_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    for make in (Sweeps().figure, lambda: plots.phase(table("phase"), up="right")):
        with pytest.raises(ModuleNotFoundError, match="pip install plotly"):
            make()
