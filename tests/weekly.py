"""Some tests look at everything once more: every width, page and mode. Each week all of it is run (`make test-every`), at all other times a part."""

import os

EVERY = bool(os.environ.get("TEST_EVERY"))


def part_of(everything, part):
    """All of a list where every test was asked for, else the part of it that is named."""
    strangers = [each for each in part if each not in everything]
    assert not strangers, strangers
    return list(everything if EVERY else part)
