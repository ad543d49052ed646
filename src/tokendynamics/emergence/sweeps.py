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
DEPTHS = (  # three layers, and a single one with more parameters than two have, or with enough heads to do it
    {"layers": 1, "steps": 1000, "every": 50},
    {"layers": 1, "steps": 1000, "every": 50, "heads": 4},
    {"layers": 1, "steps": 1000, "every": 50, "heads": 8, "d": 64},
    {"layers": 1, "steps": 1000, "every": 50, "d": 48},
    {"layers": 2, "steps": 700, "every": 10},
    {"layers": 3, "steps": 700, "every": 10},
)
STEPS = (1000, 2000, 4000, 8000)  # the rate falls before the end, so each number of steps is a run of its own
DECAYS = ((256, 0.01), (256, 0.3), (256, 1.0), (128, 0.3), (128, 1.0))  # sequences, weight decay
WIDTHS = (8, 12, 16, 24, 32, 48, 64, 96)
SIZES = (  # small ones for longer: all that have two layers get at least the multiply-adds of 200 steps with d = 64
    {"d": 4, "steps": 6000, "every": 200},
    {"d": 8, "steps": 6000, "every": 100},
    {"d": 12, "steps": 3400, "every": 100},
    {"d": 16, "steps": 2200, "every": 50},
    {"d": 24, "steps": 1400, "every": 50},
    {"d": 32, "steps": 1000, "every": 20},
    {"d": 48, "steps": 600, "every": 20},
    {"d": 64, "steps": 400, "every": 10},
    {"d": 32, "layers": 1, "steps": 4000, "every": 200},
    {"d": 16, "layers": 3, "steps": 1400, "every": 50},
    {"d": 16, "layers": 4, "steps": 1400, "every": 50},
    {"d": 32, "layers": 4, "steps": 1000, "every": 20},
)


def _points(model, *variants, seeds=SEEDS):
    return [{"model": model, "dtype": "float32", **variant, "seed": seed} for variant in variants for seed in seeds]


def _lengths(*variants):
    return _points("roles", *(variant | {"steps": n, "every": n} for variant in variants for n in STEPS), seeds=range(4))


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


def steps() -> list[Point]:
    """Ordinary heads, too few of them, for four roles: 64 words and one to three heads, 16 words and one, by length of training."""
    return _lengths(*({"words": 64, "d": 48, "heads": h} for h in (1, 2, 3)), {"words": 16, "d": 48, "heads": 1})


def streams() -> list[Point]:
    """Two streams, too few heads for four roles, by length of training."""
    return _lengths(*({"words": 2, "d": 24, "streams": 2, "heads": h} for h in (1, 2, 3)))


def again() -> list[Point]:
    """One head with many sentences, four heads with few, again and again, by length of training."""
    return _lengths({"words": 32, "d": 24, "heads": 1, "count": 8192}, {"words": 32, "d": 24, "heads": 4, "count": 512})


def grokking() -> list[Point]:
    """Pairs, few sequences again and again, long after they are known by heart, under weak and strong weight decay."""
    return _points("pairs", *({"count": n, "decay": decay, "steps": 6000, "every": 100} for n, decay in DECAYS))


def size() -> list[Point]:
    """Pairs by width and by depth, new sequences at every step, recorded along training."""
    return _points("pairs", *({"layers": 2} | size for size in SIZES))


def width() -> list[Point]:
    """Roles by width, for one head and for four, new sentences at every step, at two lengths of training."""
    wide = ({"words": 64, "heads": h, "d": d, "steps": n, "every": n} for h in (1, 4) for d in WIDTHS for n in (1000, 4000))
    return _points("roles", *wide, seeds=range(4))


ALL = (heads, data, depth, phase, metric, superposition, topics, steps, streams, again, grokking, size, width)
SWEEPS = {sweep.__name__: sweep for sweep in ALL}
