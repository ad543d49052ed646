"""What the real model's data says, read by JavaScript and by Python."""

import numpy as np
import pytest

from tokendynamics.real import senses


@pytest.mark.parametrize("token", ["word", "[CLS]", "."])
def test_within_across(node, token):
    data = senses.shipped()
    for word, entry in data["words"].items():
        for shown in (None, entry["sentences"][1:5], entry["sentences"][:1], []):
            ours = node.call("real_trajectories/senses", "within_across", data, word, token, shown)
            theirs = senses.within_across(data, word, token, shown)
            for name, numbers in zip(("within", "across"), theirs):
                np.testing.assert_allclose(ours[name], numbers, rtol=1e-12)


def test_state_at_is_on_the_line_between_layers(node):
    path = np.random.default_rng(0).normal(size=(7, 3))
    for layer in (0, 0.25, 3, 5.9, 6):
        expected = [np.interp(layer, range(7), path[:, k]) for k in range(3)]
        np.testing.assert_allclose(node.call("real_trajectories/senses", "state_at", path, layer), expected, rtol=1e-12, atol=1e-14)
