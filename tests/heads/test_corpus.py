"""The corpus: an honest split, and labels that follow from the words by rules written here anew."""

import numpy as np
import pytest

from tokendynamics.heads import corpus

SPLIT = corpus.split(0, train=1500, test=300, pairs=150)


def sentences(part):
    for i, (words, length) in enumerate(zip(part.words, part.lengths)):
        targets = {task: t[i, :length] for task, t in part.targets.items()}
        yield [corpus.VOCABULARY[w] for w in words[:length]], targets


def test_no_sentence_is_in_two_parts_or_twice():
    texts = [part.text(i) for part in SPLIT for i in range(len(part.words))]
    assert len(texts) == len(set(texts)) == 1950


def test_held_out_pairs_are_held_out_and_nothing_else_is():
    met = set()
    for part in (SPLIT.train, SPLIT.test):
        for words, targets in sentences(part):
            met |= {(w, corpus.ENTITIES[e]) for w, e in zip(words, targets["entity"]) if e > 0}
    every = {(name, role) for name in corpus.NAMES for role in corpus.ENTITIES[1:]}
    assert len(corpus.HELD_OUT) == 9 and met == every - corpus.HELD_OUT
    for words, targets in sentences(SPLIT.pairs):
        asked = [(w, corpus.ENTITIES[e]) for w, e in zip(words, targets["entity"]) if e >= 0]
        assert asked and set(asked) <= corpus.HELD_OUT


def test_the_same_seed_gives_the_same_sentences():
    again, other = corpus.split(0, train=20, test=5, pairs=5), corpus.split(1, train=20, test=5, pairs=5)
    assert (again.train.words == SPLIT.train.words[:20]).all() and (other.train.words != again.train.words).any()


def test_the_labels_follow_from_the_words():
    nouns = {"friend": "person", "resident": "place", "owner": "organisation"}
    before = {"by": "person", "from": "place", "for": "organisation"}
    for words, targets in sentences(SPLIT.train):
        for k, (word, entity) in enumerate(zip(words, targets["entity"])):
            role = "none"
            if word in corpus.NAMES:
                role = before.get(words[k - 1], "person") if k else "person"
                role = nouns[words[k - 2].removesuffix("s")] if k and words[k - 1] == "of" else role
            assert corpus.ENTITIES[entity] == role
        asked = words[0] in ("was", "were", "did", "does") or (words[0] == "do" and words[1] not in ("say", "ask"))
        kind = "question" if asked else "request" if words[0] == "do" else "statement"
        assert corpus.CLASSES[targets["class"][-1]] == kind
        good, turned = words[-2] in corpus._GOOD, words[-3] in ("not", "never")
        assert corpus.SENTIMENTS[targets["sentiment"][-1]] == ("positive" if good != turned else "negative")
        assert [corpus.VOCABULARY[w] for w in targets["next"][:-1]] == words[1:]
        assert (targets["class"][:-1] == -1).all() and (targets["sentiment"][:-1] == -1).all() and targets["next"][-1] == -1


def test_nothing_is_asked_of_the_padding():
    padding = np.arange(corpus.PLACES) >= SPLIT.train.lengths[:, None]
    assert not SPLIT.train.words[padding].any() and (SPLIT.train.words[~padding] > 0).all()
    for target in SPLIT.train.targets.values():
        assert (target[padding] == -1).all()


def test_a_text_becomes_numbers_and_an_unknown_word_is_named():
    text = SPLIT.train.text(0)
    assert (corpus.numbers(text) == SPLIT.train.words[0, : SPLIT.train.lengths[0]]).all()
    assert (corpus.numbers("the film was good.") == corpus.numbers("the film was good .".split())).all()
    for words, holds in [
        ("the cat was good .", "'cat' is not"),
        ("", "1 to 24 words; got 0"),
        (["the"] * 25, "got 25"),
        (["", "the"], "'' is not"),
    ]:
        with pytest.raises(ValueError, match=holds):
            corpus.numbers(words)


@pytest.mark.parametrize("change", [{"train": 0}, {"test": 2.5}, {"pairs": True}, {"train": 10**6}])
def test_bad_sizes_are_said_in_words(change):
    with pytest.raises(ValueError, match=f"{next(iter(change))} must be a whole number from 1 to 20000"):
        corpus.split(**change)
