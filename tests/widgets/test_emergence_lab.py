"""The Emergence lab in Python: its states, its words about impossible ones, training in numpy, its still."""

import base64
import inspect
import json

import numpy as np
import pytest
import traitlets

from tokendynamics.emergence import pairs, roles
from tokendynamics.emergence.tables import table
from tokendynamics.widgets import EmergenceLab
from tokendynamics.widgets.emergence_lab import PRESETS
from tokendynamics.widgets.emergence_lab.still import alt as run_alt


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_states(name):
    lab = EmergenceLab.preset(name)
    wanted = {key: value for key, value in PRESETS[name].items() if key not in ("title", "note")}
    assert {key: lab.state()[key] for key in wanted} == wanted
    assert json.loads(json.dumps(lab.state())) == lab.state()
    assert EmergenceLab(**lab.state()).state() == lab.state()


@pytest.mark.parametrize(
    "state, words",
    [
        ({"task": "topics"}, "task must be one of 'roles', 'pairs'; got 'topics'"),
        ({"heads": 5}, "heads must be one of 1, 2, 3, 4, 6, 8 for the roles task; got 5"),
        ({"task": "pairs", "heads": 3}, "heads must be one of 1, 2, 4 for the pairs task; got 3"),
        ({"roles": 7}, "roles must be a whole number from 2 to 6; got 7"),
        ({"length": 5}, "length must be a whole number from 1 to 4; got 5"),
        ({"rate": 0.0}, "rate must be a number above 0"),
        ({"rate": float("nan")}, "rate must be a number above 0"),
        ({"steps": 5}, "steps must be a whole number from 10 to 8000; got 5"),
        ({"d": 20}, "d must be one of 8, 12, 24, 48, 96 for the roles task; got 20"),
        ({"task": "pairs", "d": 24}, "d must be one of 8, 16, 32, 64 for the pairs task; got 24"),
        ({"heads": 8, "d": 12}, "heads must divide d = 12; got 8"),
        ({"decay": -0.1}, "decay must be a finite number of at least 0 and at most 10; got -0.1"),
        ({"decay": float("inf")}, "decay must be a finite number"),
        ({"count": -1}, "count must be a whole number from 0 to 8192; got -1"),
        ({"metric": "loss"}, "metric must be one of"),
    ],
)
def test_impossible_states_are_told(state, words):
    with pytest.raises((ValueError, traitlets.TraitError), match=words):
        EmergenceLab(**state)


def test_another_task_keeps_what_fits_it():
    lab = EmergenceLab(heads=6, roles=6, length=6)
    lab.task = "pairs"
    assert (lab.heads, lab.length) == (1, 6)
    lab.task, lab.roles = "roles", 2
    assert lab.length == 2
    lab.d = 12
    lab.task = "pairs"
    assert lab.d is None, "no width of pairs"
    lab.d = 8
    lab.task = "roles"
    assert lab.d == 8


def test_width_and_decay_are_the_tasks_own_until_they_are_chosen():
    size = lambda lab: sum(value.size for value in lab.train().parameters.values())
    assert size(EmergenceLab(steps=10)) == 6416 and size(EmergenceLab(steps=10, d=8)) == 1712
    deep = EmergenceLab.preset("deep", steps=10)
    run = deep.train()
    np.testing.assert_array_equal(run.log_probability, pairs.train(steps=10, every=20, seed=1).log_probability)
    deep.decay = 0.01
    np.testing.assert_array_equal(run.log_probability, deep.train().log_probability)
    deep.decay = 5
    assert (run.parameters["O"] != deep.train().parameters["O"]).all()
    assert "weight decay 5" in deep._title() and "width" not in deep._title()


def test_arguments_are_those_of_the_tasks_own_function():
    for preset, train in [("few", roles.train), ("grok", pairs.train)]:
        lab = EmergenceLab.preset(preset, steps=10, count=64)
        given = lab.arguments()
        assert set(given) <= set(inspect.signature(train).parameters)
        assert {name: given[name] for name in ("steps", "count", "rate", "seed")} == {"steps": 10, "count": 64, "rate": lab.rate, "seed": 1}
    assert (given["d"], given["decay"]) == (32, 1)
    assert EmergenceLab().arguments()["count"] is None


def test_a_link_from_before_width_and_decay_means_what_it_meant():
    state = EmergenceLab.preset("deep").state()
    old = {name: value for name, value in state.items() if name not in ("d", "decay")}
    text = base64.urlsafe_b64encode(json.dumps(old).encode()).decode().rstrip("=")
    for link in (f"v1.{text}", "v2.deep", "v3!deep"):
        assert EmergenceLab.from_link(f"#emergence-lab={link}").state() == state
    assert EmergenceLab.from_link("#emergence-lab=v3!deep;d=16;decay=0_5").train(every=10) is not None


def test_train_is_the_packages_own():
    ours = EmergenceLab(heads=2, roles=3, streams=2, count=64, steps=20, seed=3).train(every=10)
    theirs = roles.train(heads=2, roles=3, streams=2, count=64, steps=20, rate=0.005, seed=3, every=10, d=24)
    np.testing.assert_array_equal(ours.matrix, theirs.matrix)
    lab = EmergenceLab(heads=1, d=12, decay=0.3, steps=20, seed=3)
    ours = lab.train(every=10)
    np.testing.assert_array_equal(ours.matrix, roles.train(heads=1, d=12, decay=0.3, steps=20, seed=3, every=10).matrix)
    ours = EmergenceLab(task="pairs", heads=1, layers=1, steps=10, rate=0.003, seed=2).train(every=10)
    np.testing.assert_array_equal(ours.accuracy, pairs.train(layers=1, heads=1, steps=10, rate=0.003, seed=2, every=10).accuracy)


@pytest.mark.parametrize("name", ["enough", "deep"])
def test_the_still_shows_a_run_and_its_words_the_numbers(name):
    lab = EmergenceLab.preset(name, steps=10)
    image, alt = lab.still()
    assert image.startswith(b"\x89PNG") and len(image) < 60_000
    run = lab.train(every=50)
    assert alt == run_alt(run, lab._title()) and f"{run.accuracy[-1]:.2f}" in alt


def test_a_link_is_a_state():
    lab = EmergenceLab.preset("few", seed=9)
    text = base64.urlsafe_b64encode(json.dumps(lab.state()).encode()).decode().rstrip("=")
    assert EmergenceLab.from_link(f"https://a.b/c.html#emergence-lab=v1.{text}").state() == lab.state()


def test_the_diagram_is_the_shipped_sweeps_mean():
    phase = EmergenceLab().phase
    rows = [row for row in table("phase") if row["heads"] == 3 and row["count"] == 1024]
    assert len(rows) == 8
    mean = sum(row["all_right"][-1] for row in rows) / 8
    assert phase["all_right"][phase["heads"].index(3)][phase["counts"].index(1024)] == pytest.approx(mean, abs=5e-4)
