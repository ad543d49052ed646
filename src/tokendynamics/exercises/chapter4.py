"""Exercises of Chapter 4, Many heads: segments, W_O, and who uses what."""

from itertools import combinations

import numpy as np

from ._judges import RIGHT, Choice, Function, State, Table
from ._reading import Unreadable, describe, flags, heads
from ._verdict import Exercise


def _blocks(W_O, H):
    return np.split(W_O, H, axis=1)


def _in_order(W_O, order):
    blocks = _blocks(W_O, len(order))
    return np.concatenate([blocks[h] for h in order], axis=1)


def _interleaved(W_O, order):
    d = len(W_O)
    return W_O.reshape(d, -1, len(order))[:, :, order].reshape(d, -1)


def _layer(rng, order):
    H = len(order)
    return *rng.normal(size=(2, H, 2, 6)), rng.normal(size=(H, 3, 6)), rng.normal(size=(6, 3 * H)), order


RENAME = Function(
    right=lambda Q, K, V, W, o: (Q[o], K[o], V[o], _in_order(W, o)),
    wrong={
        "W_O forgotten": (lambda Q, K, V, W, o: (Q[o], K[o], V[o], W), "Each segment is handed to a block that was made for another head."),
        "only W_O": (
            lambda Q, K, V, W, o: (Q, K, V, _in_order(W, o)),
            "The blocks of W_O have new owners, and the heads are where they were.",
        ),
        "the inverse order for W_O": (
            lambda Q, K, V, W, o: (Q[o], K[o], V[o], _in_order(W, np.argsort(o))),
            "Heads and blocks are reordered by an order and by its inverse. For a swap of two they are the same; for three in a ring they are not.",
        ),
        "the inverse order for all": (
            lambda Q, K, V, W, o: (Q[np.argsort(o)], K[np.argsort(o)], V[np.argsort(o)], _in_order(W, np.argsort(o))),
            "Heads and blocks still fit each other. But `order` is read the other way: it says where a head comes from, and not where it goes.",
        ),
        "blocks cut the wrong way": (
            lambda Q, K, V, W, o: (Q[o], K[o], V[o], _interleaved(W, o)),
            "The columns that belong to one head stand next to each other. Yours are taken in turns.",
        ),
        "V left behind": (
            lambda Q, K, V, W, o: (Q[o], K[o], V, _in_order(W, o)),
            "Heads look where they used to, and bring back what another would.",
        ),
    },
    cases=lambda rng: [_layer(rng, np.array(order)) for order in ([1, 2, 0], [2, 0, 3, 1])],
)


HEADS = tuple(f"{layer}.{head}" for layer in (1, 2) for head in (1, 2, 3, 4))


def _named(count, by_name, words, notes=None):
    """A judge of so many head names: {names with a space between them: RIGHT or a misconception}."""
    labels = ("segment",) if count == 1 else ("one segment", "the other")
    fields = tuple((label, HEADS) for label in labels)
    return Table(lambda answer: " ".join(heads(answer)), by_name, words, fields, ordered=False, notes=notes or {})


SPARE = _named(
    1,
    {"2.3": RIGHT, "1.2": "read taken for used", "2.2": "the main one taken for its spare", "1.2 2.3": "both, to be safe"},
    {
        "read taken for used": "A probe can read the class from this segment. Do the answers get worse without it, alone or when others are "
        "missing?",
        "the main one taken for its spare": "Without this segment alone the class falls, so it is in use. A spare is what makes up for it.",
        "both, to be safe": "One of the two hardly makes a difference in any combination.",
    },
)


SINGLE = dict.fromkeys(HEADS, "one head for a pair") | {f"{head} {head}": "one head for a pair" for head in HEADS}
SURPRISE = _named(  # of 28 pairs, as the solution works them out, which this checker judges
    2,
    SINGLE
    | {
        "1.1 2.2": RIGHT,
        "1.4 2.3": "down counted and not up",
        "1.1 2.3": "costly taken for surprising",
        "1.1 1.4": "the second largest surprise",
    },
    {
        "down counted and not up": "No pair costs less than the sum of its two by so much. Another one costs more than its sum, and by more.",
        "costly taken for surprising": "No pair costs more, but its members cost most of that alone. A surprise is what the sum does not foretell.",
        "the second largest surprise": "These two cost far more together than one by one. One other pair is still farther from its sum.",
        "one head for a pair": "A pair has two members.",
    },
    {f"{a} {b}": "Another pair is farther from the sum of its two costs, up or down." for a, b in combinations(HEADS, 2)},
)


def _normal(x, axis=-1):
    return (x - x.mean(axis=axis, keepdims=True)) / x.std(axis=axis, keepdims=True)


def _joined(segments):
    return np.concatenate(list(segments), axis=-1)


NORM = Function(
    right=lambda s, W: _joined(_normal(s)) @ W.T,
    wrong={
        "one norm for the whole stack": (
            lambda s, W: _normal(_joined(s)) @ W.T,
            "Each head is divided by a length in which all the others are. That is the layer whose proof fails.",
        ),
        "norm after the sum": (
            lambda s, W: _normal(_joined(s) @ W.T),
            "What is normalised is the sum, so a head's part in it depends on all the others.",
        ),
        "norm behind W_O": (
            lambda s, W: sum(_normal(h @ B.T) for h, B in zip(s, _blocks(W, len(s)))),
            "What you add up is a sum over heads, and W_O comes before the LayerNorm. In these models it comes after.",
        ),
        "norm over tokens": (
            lambda s, W: _joined(_normal(s, axis=1)) @ W.T,
            "Each number is normalised over the tokens of the sentence. LayerNorm looks at one token at a time.",
        ),
        "heads averaged instead of summed": (
            lambda s, W: _joined(_normal(s)) @ W.T / len(s),
            "What the heads write is added up. You divide by their number.",
        ),
        "W_O forgotten": (lambda s, W: _joined(_normal(s)), "The segments lie side by side. How do they get back into the stream?"),
        "no norm at all": (lambda s, W: _joined(s) @ W.T, "The proof holds, and the LayerNorm is gone. Find a place for it."),
    },
    cases=lambda rng: [
        (rng.normal(size=(H, 5, w)) * np.arange(1, H + 1)[:, None, None], rng.normal(size=(H * w, H * w))) for H, w in ((2, 4), (3, 3))
    ],
)


def _yes_or_no(answer):
    said = flags(answer)
    if len(said) != 2:
        raise Unreadable(f"got {describe(answer)}")
    return " ".join("yes" if each else "no" for each in said)


FIRST_STEP = Table(
    _yes_or_no,
    {"no yes": RIGHT, "yes yes": "the body learns at once", "no no": "zero never learns", "yes no": "the steps swapped"},
    {
        "the body learns at once": "What flows back from a read-out goes through its own matrix. What is that in the first step?",
        "zero never learns": "The read-out's own gradient is the error times the stream, and that is not zero.",
        "the steps swapped": "Which has to change first, the read-out or the body?",
    },
    (("They move in the first step", ("yes", "no")), ("They move in the second step", ("yes", "no"))),
)


JUDGEMENTS = ("good", "great", "lovely", "superb", "bad", "dull", "awful", "poor")  # as the corpus has them


def _exception():
    known = {
        "control forgotten": "Head 1.1 is on, so nothing was tested. Switch it off.",
        "another head's doing": "Another head is off as well, or bent. Change one thing at a time.",
        "no case at all": "The sentence has no *never* in it, so it says nothing about the rule.",
        "nothing is negated": "The *never* of this sentence turns no judgement round: the model says the same without the word. So the sentence "
        "says nothing about the rule.",
        "one more case for the rule": "In this sentence the sentiment changes without the head, as in the first one. One sentence that fits "
        "proves little; find one that does not.",
    }

    def find(lab):
        if lab.off != [[0, 0]]:
            return "control forgotten" if [0, 0] not in lab.off else "another head's doing"
        if lab.turns.any() or (lab.stretches != 1).any():
            return "another head's doing"
        if "never" not in lab.sentence.split():
            return "no case at all"
        said = lambda words, off: int(type(lab)(sentence=" ".join(words), off=off, instead=lab.instead).answers()["sentiment"].argmax())
        words = lab.sentence.replace(".", " .").split()
        with_it, without_it = said(words, []), said(words, lab.off)
        judged = [i for i, word in enumerate(words[:-1]) if word == "never" and words[i + 1] in JUDGEMENTS]
        if not any(said(words[:i] + words[i + 1 :], []) != with_it for i in judged):
            return "nothing is negated"
        return RIGHT if with_it == without_it else "one more case for the rule"

    return State("HeadsAndTasks", find, known, page=lambda: {"find": "exception", "judgements": JUDGEMENTS})


TOGETHER = Choice(
    "Four heads of 8 numbers each, a stream of 32. What does the layer add to a token?",
    (
        (
            "The four segments, side by side.",
            "W_O forgotten",
            "The sizes fit, so one could. But a matrix W_O stands between the segments and the stream, and mixes them.",
        ),
        (
            "The mean of what the four heads write.",
            "heads averaged instead of summed",
            "Nothing divides by the number of heads: with a fifth head, the first four would write as much as before.",
        ),
        (
            "The sum of what each head writes through its own block of W_O.",
            RIGHT,
            "The segments side by side, times W_O, are that sum. It is the same thing seen twice.",
        ),
        (
            "What the head with the largest attention writes.",
            "winner takes all",
            "Softmax makes tokens compete within one head. Heads do not compete with each other.",
        ),
    ),
)

EXERCISES = (
    Exercise.asked("4.0", "Four heads", TOGETHER),
    Exercise(
        "4.1",
        "Rename the heads",
        15,
        "numpy",
        "a function of Q, K, V (heads first), W_O (d, H d_head) and an order that returns all "
        "four, so that head j is the old head order[j]",
        RENAME,
    ),
    Exercise("4.2", "Read but not used", 15, "numpy", 'the name of the segment that is the spare, such as "1.4"', SPARE),
    Exercise("4.3", "Two at once", 20, "numpy", 'the names of the two segments, such as ("1.3", "2.4")', SURPRISE),
    Exercise(
        "4.4",
        "Repair a proof",
        20,
        "numpy",
        "a function of segments (H, n, d_head) and W_O (d, H d_head) that returns what the layer "
        "adds, (n, d); a LayerNorm without gain, without ε",
        NORM,
    ),
    Exercise(
        "4.5",
        "The first step",
        10,
        "hand",
        "two of True and False: whether trajectories move in the first step, and whether they do in the second",
        FIRST_STEP,
    ),
    Exercise("4.6", "One sentence", 10, "widget", "a Heads and tasks widget, or a link that its Copy link button gave", _exception()),
)
