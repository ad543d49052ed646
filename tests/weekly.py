"""Some tests look at everything once more: every width, page and mode. Each week all of it is run (`make test-every`), at all other times a part."""

import os

import pytest

EVERY = bool(os.environ.get("TEST_EVERY"))

seldom = pytest.mark.skipif(not EVERY, reason="tried each week (TEST_EVERY=1)")


# widgets that hold between them all that widgets share: a plane to drag in, a stage with a clock, a plot, a model that is fetched
FEW = ("force-lab", "trajectories", "sweeps", "real-trajectories")


def part_of(everything, part):
    """All of a list where every test was asked for, else the part of it that is named."""
    strangers = [each for each in part if each not in everything]
    assert not strangers, strangers
    return list(everything if EVERY else part)
