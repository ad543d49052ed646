"""The tables that ship are those of the sweeps as they are, complete, small, and a point run again comes out again."""

import numpy as np
import pytest

from tokendynamics.emergence import run, tables
from tokendynamics.emergence.sweeps import SWEEPS


@pytest.mark.parametrize("name", SWEEPS)
def test_the_shipped_table_is_that_of_the_sweep(name):
    rows = tables.table(name)
    assert [run._point(row) for row in rows] == SWEEPS[name]()
    assert len({row["digest"] for row in rows}) == len(rows) == tables.provenance(name)["runs"]
    models = [row for row in rows if row["model"] != "topics"]
    assert all(0 <= row["accuracy"] <= 1 and np.isfinite(row["log_probability"]) for row in models)
    assert all(0 <= row["specialisation"] <= 1 for row in rows if "matrix" in row)


def test_the_shipped_tables_are_small():
    assert sum(path.stat().st_size for path in run.DATA.glob("emergence_*")) <= 1_000_000


@pytest.mark.parametrize("name, place", [("phase", 5), ("superposition", 3)])
def test_a_shipped_point_comes_out_again(name, place):
    row = tables.table(name)[place]
    again = run.run_point(run._point(row))
    assert again["accuracy"] == pytest.approx(row["accuracy"], abs=0.05) and again["parameters"] == row["parameters"]


def values(rows, argument, result, place=None):
    points, found = tables.grid(rows, argument, result, place)
    return dict(zip(points.tolist(), found))


def test_too_few_heads_mix_roles():
    heads = tables.table("heads")
    own = values(tables.select(heads, words=64), "heads", "filled")
    assert own[2].max() == 0 and own[3].mean() < 0.5 and own[4].min() == 4
    for count in (4, 6):
        rows = tables.select(heads, streams=2, roles=count)
        assert len({row["parameters"] for row in rows}) == 1
        right, own = values(rows, "heads", "all_right", -1), values(rows, "heads", "filled")
        assert right[1].max() < 0.2 and right[2].max() < 0.6 and right[count].min() > 0.95
        assert own[count].mean() > count - 1 and own[2].mean() < 1


def test_one_head_says_few_words_by_how_much_it_attends_and_not_many():
    rows = tables.table("superposition")
    right = values(tables.select(rows, streams=None), "words", "all_right", -1)
    assert right[2].min() > 0.9 and right[8].mean() > 0.9 and right[64].mean() < 0.6
    assert values(tables.select(rows, streams=2), "words", "all_right", -1)[2].max() < 0.2


def test_too_little_data_is_learnt_by_heart():
    rows = tables.select(tables.table("phase"), heads=4)
    right, own = values(rows, "count", "all_right", -1), values(rows, "count", "trained")
    assert right[64].max() < 0.05 and right[8192].min() > 0.9 and min(share.min() for share in own.values()) > 0.95
    pairs = tables.table("data")
    right, score = values(pairs, "count", "accuracy"), {}
    for row in pairs:
        score.setdefault(row["count"], []).append(np.max(row["previous"]))
    assert right[128].max() < 0.3 and right[2048].mean() > 0.9
    assert np.mean(score[128]) < 0.4 < np.mean(score[2048])


def test_one_layer_stays_at_chance_even_with_more_parameters():
    rows = tables.table("depth")
    two = tables.select(rows, layers=2)
    assert min(row["accuracy"] for row in two) > 0.95
    for row in tables.select(rows, layers=1):
        assert row["accuracy"] < 0.25
    assert tables.select(rows, layers=1, d=48)[0]["parameters"] > two[0]["parameters"]


def test_the_answer_of_eight_words_is_a_power_of_the_word():
    for row in tables.table("metric"):
        assert row["all_right"][-1] == pytest.approx(row["accuracy"] ** 8, abs=0.15)


def test_more_documents_make_purer_topics_and_two_cannot_hold_four():
    rows = tables.table("topics")
    score = values(tables.select(rows, found=4), "count", "specialisation")
    assert score[64].mean() > 2 * score[4].mean()
    assert values(tables.select(rows, found=2), "count", "filled")[64].max() <= 2
