"""The real model in JavaScript beside numpy, on the same packed weights: every state and every attention weight."""

import random

import packed_model
import pytest

BAR = 1e-5  # of the largest number of a layer


@pytest.fixture(scope="module")
def model():
    return packed_model.model()


@pytest.fixture(scope="module")
def sentences(model):
    """Some of ours, and some of random words at random length."""
    rng = random.Random(4)
    words = [word for word in model.tokenizer.vocabulary[1996:12000] if word.isalpha()]
    return packed_model.SENTENCES + [" ".join(rng.choices(words, k=k)) for k in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 21, 28)]


def test_states_and_attentions_are_numpys(model, sentences):
    ids = [model.tokenizer.encode(sentence).ids for sentence in sentences]
    lengths = sorted(map(len, ids))
    assert len(ids) > 20 and lengths[0] == 3 and lengths[-1] >= 60  # tokens
    jobs = [{"ids": each} for each in ids]
    for sentence, (states, attentions) in zip(sentences, packed_model.passes(jobs), strict=True):
        wanted = model.forward(sentence)
        for ours, theirs in zip(states, wanted.states, strict=True):
            packed_model.near(ours, theirs, BAR)
        for ours, theirs in zip(attentions, wanted.attentions, strict=True):
            packed_model.near(ours, theirs, BAR)
