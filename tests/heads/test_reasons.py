"""A word after the stop that depends on the sentiment, and one that does not; and the shipped numbers."""

import json

import numpy as np
import pytest

from tokendynamics.heads import corpus, four_tasks, reasons

SMALL = corpus.split(0, train=300, test=100, pairs=10)


def test_one_word_follows_the_stop_and_is_to_be_foretold_there_and_nothing_else_changes():
    rng = np.random.default_rng(0)
    found = reasons.summed(SMALL.train, True, rng)
    for i in range(20):
        before = SMALL.train.text(i)
        tone = corpus.SENTIMENTS[SMALL.train.targets["sentiment"][i, SMALL.train.lengths[i] - 1]]
        assert found.text(i) == f"{before} {'good' if tone == 'positive' else 'bad'}"
        end = SMALL.train.lengths[i]
        assert found.targets["next"][i, end - 1] == found.words[i, end] and (found.targets["next"][i, end:] == -1).all()
    for task in reasons.NEW:
        np.testing.assert_array_equal(found.targets[task][:, : corpus.PLACES], SMALL.train.targets[task])
        assert (found.targets[task][:, corpus.PLACES] == -1).all()


def test_the_control_s_word_knows_nothing_of_the_sentiment():
    found = reasons.summed(SMALL.train, False, np.random.default_rng(0))
    rows = np.arange(len(found.words))
    good = found.words[rows, found.lengths - 1] == corpus.numbers(["good"])[0]
    tone = SMALL.train.targets["sentiment"][rows, SMALL.train.lengths - 1] == 1
    assert 0.4 < good.mean() < 0.6 and abs((good == tone).mean() - 0.5) < 0.1


def test_shipped_numbers_are_of_five_seeds_and_say_how_they_were_made():
    data = reasons.shipped()
    assert data["about"]["seeds"] == list(range(four_tasks.SEEDS)) and data["about"]["recipe"]["steps"] == reasons.STEPS
    for kind in reasons.KINDS:
        assert all(len(values) == four_tasks.SEEDS for values in data["accuracy"][kind].values())
    assert np.shape(data["longer"]) == (four_tasks.SEEDS, 3)


def test_where_the_next_word_tells_the_sentiment_a_frozen_body_holds_it(measured):
    accuracy = reasons.shipped()["accuracy"]
    measured("pre-training", 100 * min(accuracy["told"]["sentiment"]))
    assert max(accuracy["coin"]["sentiment"]) < 0.55 and max(accuracy["untrained"]["sentiment"]) < 0.55
    assert max(four_tasks.about()["accuracy"]["frozen"]["sentiment"]) < 0.55


def test_more_of_the_same_training_moves_tokens_less_than_fine_tuning_and_the_shipped_number_is_found_again():
    found = reasons._longer(0, 100, corpus.split(0, train=8000, test=400, pairs=10))
    longer = np.array(reasons.shipped()["longer"])
    assert longer.max() < 0.3 and 0 < max(found) < longer[0].max() + 0.05


def test_the_command_makes_the_table_again(tmp_path, monkeypatch):
    monkeypatch.setattr(reasons.corpus, "split", lambda: SMALL)
    reasons.main(["--out", str(tmp_path / "table.json"), "--seeds", "1", "--steps", "3", "--fine-steps", "2"])
    made = json.loads((tmp_path / "table.json").read_text("utf8"))
    assert made.keys() == reasons.shipped().keys() and set(made["accuracy"]) == set(reasons.KINDS)
    assert made["accuracy"]["told"].keys() == reasons.shipped()["accuracy"]["told"].keys()


def test_what_is_no_sentences_is_said_in_words():
    with pytest.raises(ValueError, match="sentences must be"):
        reasons.summed("a word", True, np.random.default_rng(0))
