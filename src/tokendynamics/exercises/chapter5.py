"""Exercises of Chapter 5, Emergence: roles and heads, answers of many words, controls."""

import numpy as np

from ..emergence.specialisation import specialisation
from ._judges import COARSE, RIGHT, Choice, Numbers, State
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
    entries=("score S",),
    decimals=3,
    tolerance=0.0015,
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
    entries=tuple(f"n = {n}" for n in COUNTS),
    shares=True,
)

ONE_HEAD = Numbers(
    right=lambda: [1 / 8, 5 / 8],
    wrong={
        "chance level for the answer": (lambda: [1 / 16, 1 / 2], "This is guessing. A head that looks at one role guesses the rest only."),
        "chance level forgotten": (lambda: [0, 1 / 4], "A role that nobody looks at is still right now and then: there are two words."),
        "accuracy to the n-th power": (
            lambda: [(5 / 8) ** 4, 5 / 8],
            "That takes the four answers for independent and alike. Does the head know each of them equally well?",
            [0.0018, 0.01],
        ),
        "two halves for one role": (
            lambda: [5 / 32, 5 / 8],
            "So often is a head right that divides itself evenly between two roles. Here it looks at one role only.",
            [0.0018, 0.01],
        ),
        "the known role forgotten": (
            lambda: [1 / 8, 1 / 2],
            "The first number is there. In the second, one role of the four is not guessed.",
        ),
        "all or nothing": (lambda: [1 / 4, 1 / 4], "Looking at one role of four does not solve a quarter of the sentences."),
    },
    entries=("all four right", "single answers right"),
    decimals=3,
    tolerance=[0.006, 0.006],
    shares=True,
)

SWITCHED_OFF = Numbers(
    right=lambda: [0.14, 0.14],  # what is measured; the band is what counts
    low=[0.03, 0.03],
    high=[0.25, 0.25],
    wrong={
        "one head has it all": (
            (lambda: [0.45, 0.95], lambda: [0.95, 0.45]),
            "One of your two accuracies is what the whole model has. Was the right O set to zero, and in a copy of the parameters?",
            ([0.449, 0.05], [0.05, 0.449]),
        ),
        "half of the work, half of the points": (
            lambda: [0.5, 0.5],
            "Two heads that need each other do not do half of the work each. Measure.",
            0.1,
        ),
        "nothing was switched off": (
            lambda: [0.95, 0.95],
            "With both layers on, the model is right nearly always. Yours is that model.",
            0.05,
        ),
        "chance for a measurement": (
            (lambda: [0, 0], lambda: [1 / 6, 1 / 6]),
            "This is what guessing gives, or never being right. Switch a head off, and measure.",
            0.0004,
        ),
    },
    before=("chance for a measurement",),
    entries=("without the first", "without the second"),
    shares=True,
)

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
            0.04,
        ),
        "chance over all words in sight": (
            lambda: [1 / 2, 1 / 4, 1 / 12],
            "The first words of the pairs are never the answer, and the model learns that too.",
        ),
        "one pair is like the others": (
            lambda: [1 / 2, 1 / 2, 1 / 6],
            "With one pair there is one answer, and it always stands in the same place.",
        ),
        "chance for a measurement": (
            lambda: [1, 1 / 2, 1 / 6],
            "This is what one expects, to the last decimal. A measurement on some hundred sequences does not come out so even.",
            0.0004,
        ),
        COARSE: ((lambda: [1, 0.5, 0.17], lambda: [1, 0.5, 0.2]), "", 1e-9),
    },
    entries=("1 pair", "2 pairs", "6 pairs"),
    before=("chance for a measurement", COARSE),
    decimals=3,
    shares=True,
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

    def page():
        from ..widgets import EmergenceLab

        deep = EmergenceLab.preset("deep")
        return {"find": "control", "deep": deep.arguments(), "task": deep.task}

    return State("EmergenceLab", find, words, page=page)


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
        "two shares, to three decimals or as fractions: of sentences with all four right, and of single answers that are right",
        ONE_HEAD,
    ),
    Exercise(
        "5.4",
        "Switch a head off",
        20,
        "numpy",
        "two accuracies from 0 to 1, as measured, to two decimals: without the first layer's head, and without the second's",
        SWITCHED_OFF,
    ),
    Exercise(
        "5.5",
        "A shortcut",
        20,
        "numpy",
        "three accuracies of one layer, from 0 to 1, as measured, to three decimals, for 1, 2 and 6 pairs",
        SHORTCUT,
    ),
    Exercise("5.6", "A fair control", 5, "widget", "an Emergence lab, or a link that its Copy link button gave", _control()),
)
