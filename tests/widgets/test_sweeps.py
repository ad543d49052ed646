"""The points of the sweeps' figure are the shipped runs: none missing, none twice, each where its table says."""

import gzip
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tokendynamics.emergence import tables
from tokendynamics.emergence.sweeps import SWEEPS
from tokendynamics.widgets import Sweeps
from tokendynamics.widgets._live import LATE, STATIC
from tokendynamics.widgets.sweeps import engine


@pytest.fixture(scope="module")
def data():
    return engine.points()


@pytest.mark.parametrize("name", SWEEPS)
def test_every_run_is_a_point_once(data, name):
    argument = engine.SWEEPS[name].argument
    keys = ("accuracy", "specialisation", "trained", "filled", "parameters")

    def run(x, seed, *rest):
        return (x, seed, *(-1 if value is None else value for value in rest))

    wanted = [run(row[argument], row["seed"], *(row.get(key) for key in keys)) for row in tables.table(name)]
    drawn = [
        run(*each)
        for line in data["sweeps"][name]["lines"]
        for each in zip(line["x"], line["seed"], *(line.get(key, [None] * len(line["x"])) for key in keys))
    ]
    assert sorted(drawn) == sorted(wanted)


@pytest.mark.parametrize("name, wanted", [("phase", {"heads": 3}), ("heads", {"words": 2, "roles": 6})])
def test_means_are_those_of_the_chapter(data, name, wanted):
    argument = engine.SWEEPS[name].argument
    line = next(line for line, those in zip(data["sweeps"][name]["lines"], engine.SWEEPS[name].lines.values()) if those == wanted)
    for n in (1, 4):
        x, values = tables.grid(tables.select(tables.table(name), **wanted), argument, "all_right", n - 1)
        found = np.array(engine.means(line, "all_right", n))
        np.testing.assert_allclose(found.T, [x, values.mean(axis=1), values.min(axis=1), values.max(axis=1)], rtol=1e-12)


def test_a_heads_score_is_that_of_the_strongest_head(data):
    rows = tables.select(tables.table("depth"), layers=3)
    line = data["sweeps"]["depth"]["lines"][0]
    drawn = [value for value, layers in zip(line["previous"], line["x"]) if layers == 3]
    assert drawn == [max(max(layer) for layer in row["previous"]) for row in rows]


@pytest.mark.parametrize(
    "bad, words",
    [
        ({"sweep": "depths"}, "sweep must be one of 'heads', 'phase'"),
        ({"metric": "previous"}, "metric must be one of 'all_right', 'accuracy'"),
        ({"length": 5}, "length must be a whole number from 1 to 4; got 5"),
        ({"seed": 8}, "seed must be a whole number from -1 to 7; got 8"),
    ],
)
def test_bad_input_is_refused_and_the_state_kept(bad, words):
    with pytest.raises(ValueError, match=words):
        Sweeps(**bad)
    widget = Sweeps()
    before = widget.state()
    with pytest.raises(ValueError, match=words):
        setattr(widget, *next(iter(bad.items())))
    assert widget.state() == before


def test_another_sweep_brings_a_measure_that_it_has():
    widget = Sweeps()
    widget.sweep = "topics"
    assert (widget.metric, widget.length) == ("filled", 1)
    assert Sweeps(sweep="depth", metric="induction", length=6).state()["metric"] == "induction"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", SWEEPS)
def test_every_sweep_has_a_still_with_its_numbers_in_words(data, name):
    widget = Sweeps(sweep=name, seed=2)
    image, words = widget.still()
    assert Image.open(BytesIO(image)).size[0] >= 600
    line = data["sweeps"][name]["lines"][0]
    mean = engine.means(line, widget.metric, widget.length)[0][1]
    assert f"{line['name']} from {mean:.2f} at" in words and f"{len(tables.table(name))} runs" in words
    if name == "phase":
        assert image != Sweeps(sweep=name, seed=2, diagram=False).still()[0], "as on the page, heads against sentences"


@pytest.mark.parametrize("name", LATE)
def test_python_sends_a_late_script_to_who_asks(monkeypatch, name):
    widget, sent = Sweeps(), []
    monkeypatch.setattr(widget, "send", lambda content, buffers: sent.append((content, buffers)))
    widget._handle_custom_msg({"want": "something else"}, [])
    assert not sent
    widget._handle_custom_msg({"want": name}, [])
    [(content, [packed])] = sent
    assert content == {"sent": name} and len(packed) < 700_000
    assert gzip.decompress(packed) == (STATIC / name).read_bytes()
