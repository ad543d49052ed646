"""The four tasks' training and its files: it learns, it stops well, and a damaged file is refused."""

import json
import shutil

import numpy as np
import pytest

from tokendynamics.heads import corpus, four_tasks, transformer

SPLIT = corpus.split()
SMALL = corpus.split(0, train=200, test=100, pairs=10)


def test_the_shipped_weights_are_as_accurate_as_their_file_says():
    table = four_tasks.about()["accuracy"]
    for kind in four_tasks.KINDS:
        found = four_tasks.accuracy(four_tasks.load(kind, 1), SPLIT.test)
        for task, value in found.items():
            assert abs(value - table[kind][task][1]) < 0.002


def test_the_frozen_body_and_the_fine_tuned_one():
    """What "frozen" and "fine" share: the next word's read-out; what they do not: the body."""
    frozen, fine = four_tasks.load("frozen", 0), four_tasks.load("fine", 0)
    assert (frozen["read.next"] == fine["read.next"]).all()
    assert all((frozen[name] != fine[name]).any() for name in frozen if not name.startswith("read.next"))


def test_training_lowers_the_loss_and_read_outs_alone_leave_the_body():
    rng = np.random.default_rng(0)
    p = four_tasks.start(rng, d=16, layers=1)
    before = {name: value.copy() for name, value in p.items()}
    losses = four_tasks.train(p, SMALL.train, rng, tasks=["next"], steps=60, body=False)
    moved = {name for name in p if (p[name] != before[name]).any()}
    assert moved == {"read.next", "read.next.shift"} and losses[-10:].mean() < losses[:5].mean()
    losses = four_tasks.train(p, SMALL.train, rng, tasks=["next"], steps=120, fixed=["0.O"])
    assert losses.shape == (120,) and losses[-10:].mean() < 0.75 * losses[:5].mean()
    assert (p["0.O"] == before["0.O"]).all() and (p["0.Q"] != before["0.Q"]).any()


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), "not a number"])
def test_what_stops_early_leaves_the_last_good_weights_and_says_where(tmp_path, monkeypatch, cause):
    real, calls = transformer._loss_and_gradients, []

    def fails(*arguments, **options):
        calls.append(1)
        result = real(*arguments, **options)
        if len(calls) < 26:
            return result
        if cause == "not a number":
            return np.nan, *result[1:]
        raise cause

    monkeypatch.setattr(transformer, "_loss_and_gradients", fails)
    p, path = four_tasks.start(np.random.default_rng(0), d=8, layers=1), tmp_path / "kept.npz"
    with pytest.raises(four_tasks.Stopped) as caught:
        four_tasks.train(p, SMALL.train, np.random.default_rng(1), tasks=["class"], steps=40, keep=path, every=10)
    assert "stopped at step 25 of 40" in str(caught.value) and f"of step 20, are in {path}" in str(caught.value)
    same = four_tasks.start(np.random.default_rng(0), d=8, layers=1)
    monkeypatch.setattr(transformer, "_loss_and_gradients", real)
    monkeypatch.setattr(four_tasks, "_pace", lambda step, steps, pace=four_tasks._pace: pace(step, 40))
    four_tasks.train(same, SMALL.train, np.random.default_rng(1), tasks=["class"], steps=20)
    with np.load(path) as kept:
        for name in p:
            assert (kept[name] == same[name]).all() and (p[name] == same[name]).all()
    assert [f.name for f in tmp_path.iterdir()] == ["kept.npz"]


@pytest.fixture
def folder(tmp_path):
    for name in ("four_tasks.npz", "four_tasks.json"):
        shutil.copy(four_tasks.DATA / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1], lambda raw: raw[:5000] + bytes([raw[5000] ^ 1]) + raw[5001:], lambda raw: b""])
def test_a_damaged_file_is_refused(folder, damage):
    four_tasks.load(folder=folder)
    path = folder / "four_tasks.npz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="four_tasks.npz is damaged: its sha256 is .* Install the package again"):
        four_tasks.load(folder=folder)


@pytest.mark.parametrize("asked, holds", [
    ({"kind": "best"}, "kind must be one of 'joint', 'frozen', 'fine'; got 'best'"),
    ({"seed": 5}, "seed must be a whole number from 0 to 4; got 5"), ({"seed": -1}, "seed must be a whole number from 0 to 4"),
])  # fmt: skip
def test_what_is_not_shipped_is_said_in_words(asked, holds):
    with pytest.raises(ValueError, match=holds):
        four_tasks.load(**asked)


def test_the_files_are_small_and_say_how_they_were_made():
    assert (four_tasks.DATA / "four_tasks.npz").stat().st_size <= 1_000_000
    about = four_tasks.about()
    assert {"command", "date", "versions", "seeds", "recipe", "licence", "sha256"} <= about.keys()
    assert about["recipe"]["steps"] == four_tasks.STEPS and len(about["seeds"]) == four_tasks.SEEDS


def test_the_command_makes_both_files_again(tmp_path, capsys):
    four_tasks.main(["--out", str(tmp_path), "--jobs", "1", "--seeds", "1", "--steps", "3", "--fine-steps", "2"])
    about = json.loads((tmp_path / "four_tasks.json").read_text("utf8"))
    assert set(about["accuracy"]) == {*four_tasks.KINDS, "blind"} and "1 seeds" in capsys.readouterr().out
    four_tasks.load("fine", 0, folder=tmp_path)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["four_tasks.json", "four_tasks.npz"]
