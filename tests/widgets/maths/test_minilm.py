"""The real model in JavaScript beside numpy, on the same packed weights: every state and every attention weight."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from node import find

from tokendynamics.real import minilm

SENTENCES = [
    "The light from the window woke the baby.",
    "Um, café 東京 🙂 #42: antidisestablishmentarianism!",
    "a " * 40,
]


@pytest.fixture(scope="module")
def model():
    return minilm.load(packed=True)


@pytest.fixture(scope="module")
def found(model):
    ids = [model.tokenizer.encode(sentence).ids for sentence in SENTENCES]
    script = Path(__file__).with_name("minilm.mjs")
    made = subprocess.run([find("node"), str(script), json.dumps(ids)], capture_output=True, encoding="utf8", check=True)
    return json.loads(made.stdout)


@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_states_and_attentions_are_numpys(model, found, number):
    wanted, got = model.forward(SENTENCES[number]), found[number]
    for layer, (ours, theirs) in enumerate(zip(got["states"], wanted.states, strict=True)):
        assert np.abs(ours - theirs).max() < 1e-5 * np.abs(theirs).max(), f"after layer {layer}"
    assert np.abs(np.array(got["attentions"]) - wanted.attentions).max() < 1e-5


def test_a_pass_that_begins_at_a_layer_gives_the_same(found):
    assert all(each["again"] for each in found)
