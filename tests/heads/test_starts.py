"""Fine-tuning again with other batches, and with other read-outs to begin with: the shipped numbers, and their making."""

import json

import numpy as np
import pytest
from weekly import seldom

from tokendynamics.heads import corpus, four_tasks, starts


def test_on_two_tasks_the_read_outs_decide_and_on_three_the_batches_too():
    data = starts.shipped()
    assert data["about"]["seeds"] == list(range(four_tasks.SEEDS)) and data["about"]["recipe"]["steps"] == four_tasks.FINE_STEPS
    far = {(which, change): data[which]["apart"][change] for which in starts.TASKS for change in starts.CHANGES}
    assert (min(far["two", "begun"]), max(far["two", "begun"])) == pytest.approx((0.78, 1.10), abs=0.005)  # as the ledger says
    assert (min(far["two", "batches"]), max(far["two", "batches"])) == pytest.approx((0.08, 0.15), abs=0.005)
    assert (min(far["three", "batches"]), max(far["three", "batches"])) == pytest.approx((0.35, 0.72), abs=0.005)
    assert min(far["two", "held"]) > 0.8
    assert max(far["two", "both"]) < 0.2, "from the same read-outs, random ones too, other batches end near"
    right = data["two"]["accuracy"]
    assert min(min(values) for by_task in right.values() for values in by_task.values()) > 0.99, "all have learned both tasks"
    assert sorted(data["three"]["accuracy"]["begun"]["sentiment"])[3] < 0.8, "four of five have not learned the sentiment"


def test_the_command_makes_the_table_again_and_what_is_held_stays(tmp_path, monkeypatch):
    small, real, drawn, ended = corpus.split(0, train=300, test=100, pairs=10), four_tasks.train, [], []

    def train(model, *arguments, **options):
        drawn.append(model["read.class"].copy())
        real(model, *arguments, **options)
        ended.append(model["read.class"].copy())

    monkeypatch.setattr(starts.corpus, "split", lambda: small)
    monkeypatch.setattr(starts.four_tasks, "train", train)
    starts.main(["--out", str(tmp_path / "table.json"), "--seeds", "1", "--steps", "3"])
    made = json.loads((tmp_path / "table.json").read_text("utf8"))
    assert made.keys() == starts.shipped().keys() and list(made["two"]["apart"]) == list(starts.CHANGES)
    repeat, batches, begun, held, both = drawn[:5]
    assert (repeat == batches).all() and (begun == held).all() and (begun == both).all() and (begun != repeat).any()
    assert np.isclose(np.linalg.norm(begun), np.linalg.norm(repeat)), "as large as it was"
    assert (held == ended[3]).all() and (begun != ended[2]).any() and (ended[0] != ended[1]).any() and (ended[2] != ended[4]).any()


@seldom
@pytest.mark.parametrize("which", starts.TASKS)
def test_the_first_seed_is_found_again(which):
    apart, _ = starts.one_seed(0, which)
    for change, far in apart.items():
        assert abs(far - starts.shipped()[which]["apart"][change][0]) < 0.2, change
