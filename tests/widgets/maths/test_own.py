"""A reader's own sentences in JavaScript beside Python's `real.own`, on the same packed weights: every number, word and refusal."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from node import find

from tokendynamics.real import attention_maps, minilm, own, senses
from tokendynamics.real.bent import Change

LAMP, BAG, MOOD = "She turned on the light.", "The bag was light and small.", "He made light of it, as ever."
NEUTRAL = {"bent": [1, 1], "beta": 1, "gain": 1, "value": "learned", "without": "nothing"}
REQUESTS = {
    "one sentence": {"sentences": ["Rivers carry sand past the bank at dusk."], "word": "bank"},
    "two that share a word": {"sentences": [LAMP, BAG], "word": "light"},
    "three with senses": {"sentences": [LAMP, BAG, MOOD], "senses": ["lamp", "other", "other"], "word": "light"},
    "anchors, of one token and of several": {"sentences": [LAMP, BAG], "anchors": ["lamp", "featherweights"]},
    "a bent head": {"sentences": [LAMP, BAG], "word": "light", "anchors": ["lamp", "heavy"], "bent": [3, 4], "beta": 2, "gain": 0.3},
    "V by the law": {"sentences": [LAMP, BAG], "word": "light", "bent": [2, 7], "value": "law"},
    "V at random, no full stop": {
        "sentences": ["the light of Café Noir", BAG],
        "word": "light",
        "bent": [6, 12],
        "value": "random",
        "gain": -1,
    },
    "without MLPs": {"sentences": [LAMP, BAG], "without": "mlp"},
    "without heads": {"sentences": [LAMP], "without": "heads"},
    "a bent head without MLPs": {"sentences": [BAG], "bent": [1, 2], "gain": 0, "without": "mlp"},
}
TYPED = {
    "nothing": {"sentences": []},
    "a blank": {"sentences": ["  \n"]},
    "one blank of two": {"sentences": [LAMP, ""]},
    "signs": {"sentences": ["?! … --"]},
    "digits": {"sentences": ["12 + 7"]},
    "too long": {"sentences": ["light " * 63]},
    "unknown signs": {"sentences": ["ಕನ್ನಡ ቋንቋ"]},
    "nothing shared": {"sentences": ["A cat sat.", "The dogs ran!"]},
    "only signs shared": {"sentences": ["Cats sat.", "Dogs ran."]},
    "a word that the second lacks": {"sentences": [LAMP, BAG], "word": "turned"},
    "a word that both lack": {"sentences": [LAMP, BAG], "word": "lamp"},
    "a word that is no letters": {"sentences": [LAMP, BAG], "word": "."},
    "many offered": {"sentences": ["one two three four five six seven eight nine ten"], "word": "eleven"},
    "an anchor of signs": {"sentences": [LAMP], "anchors": ["lamp", "!!"], "word": "light", "gain": 2},
    "an anchor that is blank": {"sentences": [LAMP], "anchors": ["", "lamp"]},
}


@pytest.fixture(scope="module")
def model():
    return minilm.load(packed=True)


def in_javascript(requests):
    script = Path(__file__).with_name("own.mjs")
    made = subprocess.run([find("node"), str(script), json.dumps(requests)], capture_output=True, encoding="utf8", timeout=600)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


@pytest.fixture(scope="module")
def answers():
    requests = {name: {"wanted": wanted, "controls": True} for name, wanted in (REQUESTS | TYPED).items()}
    return dict(zip(requests, in_javascript(list(requests.values()))))


def in_python(model, sentences, senses=(), word=None, anchors=(), bent=(1, 1), **change):
    return own.own(model, sentences, senses=senses, word=word, anchors=anchors, change=Change(*bent, **change))


def numbers_of(value, place=""):
    """All numbers by where they stand, and all else likewise."""
    if isinstance(value, dict):
        return {k: v for name, each in value.items() for k, v in numbers_of(each, f"{place}/{name}").items()}
    if isinstance(value, list):
        return {f"{place}/": len(value)} | {k: v for i, each in enumerate(value) for k, v in numbers_of(each, f"{place}/{i}").items()}
    return {place: value}


def as_it_is(answer, sizes):
    """The answer with its attention as whole per cents."""
    attention = answer["data"]["attention"]
    raw = [np.rint(100 * shares).astype(int).ravel() for shares in attention_maps.unpack(attention, sizes)]
    return answer | {"data": answer["data"] | {"attention": attention | {"bytes": np.concatenate(raw).tolist()}}}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_number_is_pythons(model, answers, name):
    wanted = in_python(model, **REQUESTS[name])
    sizes = [len(sentence["tokens"]) for sentence in wanted["data"]["sentences"]]
    wanted = as_it_is(wanted, sizes)
    wanted["data"]["attention"].pop("percent")
    ours, theirs = numbers_of(answers[name]["answer"]), numbers_of(wanted)
    assert ours.keys() == theirs.keys()
    words = {place for place, value in theirs.items() if not isinstance(value, (int, float)) or isinstance(value, bool)}
    assert {place: ours[place] for place in words} == {place: theirs[place] for place in words}
    apart = {place: abs(ours[place] - theirs[place]) for place in theirs.keys() - words}
    assert {place: far for place, far in apart.items() if far > 1.01 * _unit(place)} == {}
    # a number at the edge of two that it may be rounded to comes out as one here and as the other there: one in many
    assert sum(far > 1e-4 for far in apart.values()) <= 1e-3 * len(apart)


def _unit(place):
    """How far two numbers may be apart that were rounded: one in their last digit."""
    if "/attention/" in place:
        return 1
    if "/cosines/" in place:
        return 1e-5
    return 0.01 if "/own/" in place or "/common/" in place else 1e-4


@pytest.mark.parametrize("name", TYPED)
def test_what_cannot_be_followed_is_said_in_pythons_words(model, answers, name):
    wanted = in_python(model, **TYPED[name])
    assert wanted["refused"]
    assert answers[name]["answer"] == wanted


def test_projections_and_cosines_are_those_of_journeys(model, answers):
    """Held to the function that made the shipped data, not to `real.own` alone."""
    wanted = senses.journeys(model, [("light", "A", LAMP), ("light", "B", BAG)])
    found = answers["two that share a word"]["answer"]["data"]
    for ours, theirs in zip(found["sentences"], wanted["sentences"], strict=True):
        for basis in ("own", "common"):
            assert np.abs(np.subtract(ours[basis], theirs[basis])).max() < 0.0101
    np.testing.assert_allclose(found["words"]["light"]["cosines"]["word"], wanted["words"]["light"]["cosines"]["word"], atol=1e-5)


def test_files_are_asked_for_when_they_are_needed():
    two, other = {"sentences": [LAMP, BAG]}, {"sentences": [MOOD]}
    refused, first, again, bent, rest, new = in_javascript(
        [
            {"wanted": {"sentences": ["!"]}},
            {"wanted": two},
            {"wanted": two},
            {"wanted": two | {"gain": 0}},
            {"wanted": two | {"gain": 0}, "controls": True},
            {"wanted": other},
        ]
    )
    assert refused["asked"] == ["vocabulary.txt"]
    layers = {f"layer-{number}.bin" for number in range(1, 7)}
    assert layers | {"embeddings.bin"} < set(first["asked"]) and len(first["asked"]) < 16
    assert again["asked"] == bent["asked"] == []
    assert all(file.startswith("words-") for file in rest["asked"]) and 0 < len(rest["asked"]) <= 17
    assert len(new["asked"]) <= 2  # frequent words lie together, and their shards are there
    assert "near" not in first["answer"]["data"]["sentences"][0] and "near" in new["answer"]["data"]["sentences"][0]
    assert first["answer"]["laws"] is None and bent["answer"]["control"] is None
    laws, near = rest["parts"]  # the answer grows
    assert laws["laws"] and "near" not in laws["data"]["sentences"][0]
    assert near["control"] is None and "near" in near["data"]["sentences"][0]
    assert rest["answer"]["control"]["heads"]


def test_a_slider_gives_what_a_fresh_start_gives(answers):
    """Passes that begin at the head that is slid, after others: the same numbers as those of a model that computed nothing before."""
    slides = [REQUESTS["a bent head"] | change for change in ({"gain": 2}, {"bent": [5, 1]}, {"without": "mlp"}, {})]
    *_, last = in_javascript([{"wanted": wanted} for wanted in slides])
    fresh = answers["a bent head"]["answer"]
    for part in ("ghost", "moved"):
        assert last["answer"][part] == fresh[part]
    assert last["answer"]["data"]["words"] == fresh["data"]["words"]


@pytest.mark.parametrize("overtaken", [0, 3, 9])
def test_a_newer_request_ends_an_older_one(overtaken):
    wanted = {"sentences": [LAMP, BAG], "gain": 0.5}
    ended, after, fresh = in_javascript([{"wanted": wanted, "overtaken": overtaken}, {"wanted": wanted}, {"wanted": wanted}])
    assert ended["answer"] is None
    assert after["answer"] == fresh["answer"] and after["answer"]["moved"]


def test_the_words_that_a_state_can_be_near_to(node, model):
    vocabulary = [model.tokenizer.id_to_token(place) for place in range(len(model.weights["embeddings.word_embeddings.weight"]))]
    ids = node.call("real_trajectories/live/near", "near_ids", vocabulary, own.SHARD).astype(int)
    assert [vocabulary[place] for place in ids] == own._words(model).names
