"""What each sweep of the emergence chapter trains: lists of points, a point being the model's name and the arguments of its `train`."""

from typing import Any

Point = dict[str, Any]

SEEDS = range(8)
HEADS = (1, 2, 3, 4, 6, 8)
COUNTS = (64, 128, 256, 512, 1024, 2048, 4096, 8192)
PAIR_COUNTS = (128, 256, 320, 384, 512, 2048)
LARGE = {"words": 64, "d": 48, "steps": 2000, "every": 2000}  # many words: one head cannot say them all
STREAMS = {"words": 2, "d": 24, "streams": 2, "every": 1000}
PHASE = {"words": 32, "d": 24, "every": 1000}  # small enough to train in a page, too
DEPTHS = (  # three layers, and a single one with more parameters than two have
    {"layers": 1, "steps": 1000, "every": 50},
    {"layers": 1, "steps": 1000, "every": 50, "heads": 4},
    {"layers": 1, "steps": 1000, "every": 50, "d": 48},
    {"layers": 2, "steps": 700, "every": 10},
    {"layers": 3, "steps": 700, "every": 10},
)


def _points(model, *variants):
    return [{"model": model, "dtype": "float32", **variant, "seed": seed} for variant in variants for seed in SEEDS]


def heads() -> list[Point]:
    """H heads: two streams for 4 and for 6 roles, many words for 4."""
    large = [LARGE | {"roles": 4, "heads": h} for h in HEADS]
    streams = [STREAMS | {"roles": roles, "heads": h} for roles in (4, 6) for h in HEADS]
    return _points("roles", *streams, *large)


def superposition() -> list[Point]:
    """One head for four roles: from 2 words to 64, with one stream and with two."""
    one = {"heads": 1, "d": 48, "every": 1000}
    return _points("roles", *(one | {"words": w} for w in (2, 8, 16, 64)), one | {"words": 2, "streams": 2})


def data() -> list[Point]:
    """Few and many sequences to learn from, pairs with two layers. (For roles it is a row of the phase diagram.)"""
    return _points("pairs", *({"count": n, "steps": 800, "every": 800} for n in PAIR_COUNTS))


def depth() -> list[Point]:
    """One, two and three layers on pairs in context, recorded along training."""
    return _points("pairs", *DEPTHS)


def phase() -> list[Point]:
    """Heads against sentences, four roles: the phase diagram."""
    return _points("roles", *(PHASE | {"heads": h, "count": n} for h in (1, 2, 3, 4) for n in COUNTS))


def metric() -> list[Point]:
    """Eight roles and heads, so that an answer may have 1, 2, 4 or 8 words: few and many sentences."""
    wide = {"roles": 8, "heads": 8, "words": 32, "steps": 1000, "every": 1000}
    return _points("roles", *(wide | {"count": n} for n in (512, 1024, 2048, 4096)))


def topics() -> list[Point]:
    """A topic model on few and many documents of four topics, with two and with four topics to find."""
    counts = (4, 16, 64)
    sizes = [(4, n) for n in counts] + [(2, counts[-1])]
    return [{"model": "topics", "found": found, "count": n, "seed": seed} for found, n in sizes for seed in SEEDS]


SWEEPS = {sweep.__name__: sweep for sweep in (heads, data, depth, phase, metric, superposition, topics)}
