"""The packed model in numpy, in float64, and passes of the page's model by node: what the parity tests of the real model share."""

import json
import subprocess
from pathlib import Path

import numpy as np
from node import find

from tokendynamics.real import minilm

SENTENCES = [
    "The light from the window woke the baby.",
    "Light.",
    "I read the book in one night.",
    "Her bag was light, so she ran.",
    "Um, café 東京 🙂 #42: antidisestablishmentarianism!",
    "a " * 40,
    "The bank raised its rates. They sat on the bank of the river, and the bank was wet; nobody swam, for the water was cold, and the current, they said, had "
    "taken a boat last year, two men in it, and the dog of one of them, who came home alone.",
]


def model():
    """The packed model with its numbers in float64."""
    packed = minilm.load(packed=True)
    return minilm.Model({name: array.astype(np.float64) for name, array in packed.weights.items()}, packed.tokenizer)


def passes(jobs):
    """(states, attentions) of each job, {"ids", "change"}, from the page's model."""
    script = Path(__file__).with_name("minilm.mjs")
    made = subprocess.run([find("node"), str(script)], input=json.dumps(jobs).encode(), capture_output=True, check=False, timeout=600)
    assert made.returncode == 0, made.stderr.decode()
    numbers, at = np.frombuffer(made.stdout), 0
    for job in jobs:
        n = len(job["ids"])
        states, attentions = 7 * n * 384, 6 * 12 * n * n
        yield numbers[at : at + states].reshape(7, n, 384), numbers[at + states : at + states + attentions].reshape(6, 12, n, n)
        at += states + attentions
    assert at == len(numbers)


def near(ours, theirs, bar):
    assert np.abs(ours - theirs).max() < bar * np.abs(theirs).max()
