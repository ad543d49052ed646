"""Exercises of Chapter 5, Emergence: roles and heads, answers of many words, controls."""

import numpy as np

from ..emergence.specialisation import specialisation
from ._judges import RIGHT, Choice, Custom, Numbers, State, Unreadable, numbers
from ._verdict import Exercise

SERVED = [3, 2, 2, 1]


def _entropy(shares):
    shares = np.array(shares) / np.sum(shares)
    return float(-(shares * np.log(shares)).sum())


SPARE_HEADS = Numbers(
    right=lambda: specialisation(np.repeat(np.eye(4), SERVED, axis=0)),
    wrong={
        "all roles taken as served alike": (lambda: 1, "This is the score when each role has as many heads as any other."),
        "entropy without its unit": (
            lambda: _entropy(SERVED),
            "This is the entropy in nats. The score is a share of the largest it could be.",
        ),
        "bits for shares": (
            lambda: _entropy(SERVED) / np.log(2),
            "This is the entropy in bits. The score is a share of the largest it could be.",
        ),
        "divided by heads instead of roles": (
            lambda: _entropy(SERVED) / np.log(8),
            "What is to be known is one of four roles; the heads are what one knows it from.",
        ),
        "the largest share": (
            lambda: 3 / 8,
            "This is how often the commonest role is met. The score asks how much a head tells about its role.",
        ),
    },
    tolerance=0.005,
)

COUNTS = [1, 2, 4, 8]
HALF = Numbers(
    right=lambda: [0.5 ** (1 / n) for n in COUNTS],
    wrong={
        "accuracy does not compound": (lambda: [0.5] * 4, "This is right for one word. For two, each has to be right."),
        "the chance of all for that of each": (
            lambda: [0.5**n for n in COUNTS],
            "This is how often n words come out right if each does in one half of the cases. Ask the other way round.",
        ),
        "divided by n": (lambda: [0.5 / n for n in COUNTS], "Longer answers are harder. In yours they need less."),
        "one right word is enough": (
            lambda: [1 - 0.5 ** (1 / n) for n in COUNTS],
            "This is where the answer has *some* word right. All of them have to be.",
        ),
        "errors added up": (
            lambda: [1 - 0.5 / n for n in COUNTS],
            "Chances of independent errors do not add: two words can be wrong in one "
            "answer. For small errors it is close, and here they are large.",
        ),
    },
)

ONE_HEAD = Numbers(
    right=lambda: [1 / 8, 5 / 8],
    wrong={
        "chance level for the answer": (lambda: [1 / 16, 1 / 2], "This is guessing. A head that looks at one role guesses the rest only."),
        "chance level forgotten": (lambda: [0, 1 / 4], "A role that nobody looks at is still right now and then: there are two words."),
        "accuracy to the n-th power": (
            lambda: [(5 / 8) ** 4, 5 / 8],
            "That takes the four answers for independent and alike, and one of these is certain. If yours is 5 in 32, it is close by: "
            "a head of two equal halves that guesses both where the words differ. Here it looks at one role.",
        ),
        "the known role forgotten": (
            lambda: [1 / 8, 1 / 2],
            "The first number is there. In the second, one answer of four is always right.",
        ),
        "all or nothing": (lambda: [1 / 4, 1 / 4], "Looking at one role of four does not solve a quarter of the sentences."),
        "per cent taken for shares": (lambda: [12.5, 62.5], "These are per cent. A share lies between 0 and 1."),
    },
)


def _pair_of_shares(answer):
    """Two numbers from 0 to 1."""
    given = numbers(answer)
    if given.shape != (2,) or (given < 0).any() or (given > 1).any():
        raise Unreadable(f"got shape {given.shape}; both numbers are shares, from 0 to 1")
    return given


def _off():
    words = {
        "one head has it all": "One of your two accuracies is what the whole model has. Was the right O set to zero, and in a copy of the "
        "parameters?",
        "half of the work, half of the points": "Two heads that need each other do not do half of the work each. Measure.",
        "nothing was switched off": "With both layers on, the model is right nearly always. Yours is that model.",
    }

    def find(answer):
        first, second = _pair_of_shares(answer)
        if max(first, second) <= 0.25:
            return RIGHT
        if min(first, second) > 0.9:
            return "nothing was switched off"
        if max(first, second) > 0.9:
            return "one head has it all"
        return "half of the work, half of the points" if 0.4 <= min(first, second) <= max(first, second) <= 0.6 else None

    return Custom(find, words)


SHORTCUT = Numbers(
    right=lambda: [1, 1 / 2, 1 / 6],
    wrong={
        "one layer can do nothing": (
            lambda: [1 / 6, 1 / 6, 1 / 6],
            "Chance depends on how many answers stand in the context, and one pair leaves no choice.",
        ),
        "one layer can do all": (lambda: [1, 1, 1], "With one pair the place tells the answer. What tells it with six?"),
        "chance over the vocabulary": (
            lambda: [1 / 24, 1 / 24, 1 / 24],
            "The model learns which words stand in the sequence, so it guesses among those.",
        ),
        "chance over all words in sight": (
            lambda: [1 / 2, 1 / 4, 1 / 12],
            "The first words of the pairs are never the answer, and the model learns that too.",
        ),
        "one pair is like the others": (
            lambda: [1 / 2, 1 / 2, 1 / 6],
            "With one pair there is one answer, and it always stands in the same place.",
        ),
    },
    tolerance=0.08,  # a student measures on 250 sequences: with two pairs, seeds gave 0.49 to 0.54
)


def _control():
    words = {
        "the treatment for the control": "In this state the model still has the depth whose part is in question.",
        "two things changed at once": "Depth was changed, and something else of the model or of its training with it. If the result "
        "differs, which of them was it?",
        "another task": "Another task cannot tell what made this one succeed.",
    }

    def find(lab):
        deep = type(lab).preset("deep")
        if lab.task != deep.task:
            return "another task"
        if lab.layers >= deep.layers:
            return "the treatment for the control"
        kept = lambda each: {name: value for name, value in each.arguments().items() if name not in ("layers", "seed")}
        return RIGHT if kept(lab) == kept(deep) else "two things changed at once"

    return State("EmergenceLab", find, words)


POWER = Choice(
    "A model gets nine words in ten right, each independently of the others. How often are all eight words of an answer right?",
    (
        (
            "Nine times in ten.",
            "accuracy does not compound",
            "Each word is right nine times in ten. All eight are right when none of eight chances fails.",
        ),
        (
            "A little under half of the time.",
            RIGHT,
            "Nine tenths to the eighth power. A smooth curve for words is a late, steep one for answers.",
        ),
        ("One time in five.", "errors added up", "Eight times one in ten would count answers with two wrong words twice."),
        ("Nearly always.", "one right word is enough", "That is how often at least one word is right."),
    ),
)

EXERCISES = (
    Exercise.asked("5.0", "Nine in ten", POWER),
    Exercise("5.1", "Spare heads", 15, "hand", "the score S for 3, 2, 2 and 1 heads, to three decimals", SPARE_HEADS),
    Exercise("5.2", "Melt a leap", 10, "hand", "four values of p, for n = 1, 2, 4 and 8, to two decimals", HALF),
    Exercise(
        "5.3",
        "Break the control",
        15,
        "hand",
        "two shares: of sentences with all four right, and of single answers that are right",
        ONE_HEAD,
    ),
    Exercise(
        "5.4",
        "Switch a head off",
        20,
        "numpy",
        "two accuracies from 0 to 1: without the first layer's head, and without the second's",
        _off(),
    ),
    Exercise("5.5", "A shortcut", 20, "numpy", "three accuracies of one layer, from 0 to 1, for 1, 2 and 6 pairs", SHORTCUT),
    Exercise("5.6", "A fair control", 5, "widget", "an Emergence lab, or a link that its Copy link button gave", _control()),
)
