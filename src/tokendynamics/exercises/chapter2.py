"""Exercises of Chapter 2, M, the encyclopedia: what it stores, what it costs, and how much it holds."""

import numpy as np

import tokendynamics as td

from ._judges import RIGHT, Choice, Function, Numbers
from ._verdict import Exercise


def _factors(beta):
    """What Q / 10 and a β do to the book of the widget, with its first question asking."""
    from ..widgets import Encyclopedia

    book = Encyclopedia.preset("plain")

    def sizes(Q, scale):
        a = td.attention_weights(book.tokens, Q, book.K, scale=scale)[book.names.index("Japan")]
        mean, M = a @ book.tokens, td.knowledge(Q, book.K, book.V)
        return np.array([a[1], *(np.linalg.norm(x) for x in (Q.T @ book.K @ mean, book.V @ mean, M))])

    return sizes(book.Q / 10, beta) / sizes(book.Q, 1)


UNITS = Numbers(
    right=lambda: _factors(10),
    wrong={
        "knowledge taken for motion": (lambda: [1, 0.1, 10, 10], "If M grows, does the motion? Ask V, which nobody has touched."),
        "β taken into M": (
            lambda: [1, 1, 1, 1],
            "β brings some of it back and not all. It multiplies the scores, and stands in neither of the two matrices.",
        ),
        "M shrinks with its index": (lambda: [1, 0.1, 1, 0.1], "M undoes the index. What happens to an inverse when the matrix shrinks?"),
        "β forgotten": (lambda: _factors(1), "These are the factors before β is set. Set it, and look again."),
    },
    entries=("weights", "index QᵀK T a", "motion V T a", "M"),
    tolerance=[0.02, 0.005, 0.02, 0.02],
)

WRONG_INDEX = Numbers(
    # V_B: one over the root of the number of entries. V_A stands on both sides of its cosine, and its square by itself: √2 times as much.
    right=lambda: [np.sqrt(2) / 16, 1 / 16],
    low=[0.068, 0.049],  # of measurements with 100 pairs or more, to two decimals or exact, fewer than one in 200 lie outside
    high=[0.1145, 0.0805],
    wrong={
        "contents without their index": (
            lambda: [1, 0.0],
            "This would be so if M held its contents under names that everybody knows.",
            [0.2, 0.2],
        ),
        "the index decides": (lambda: [0.0, 1], "The index of a head says where to look. It does not hold what stands there.", [0.2, 0.2]),
        "chance level forgotten": (
            lambda: [0, 0],
            "Nothing in common is not the same as a cosine of exactly 0. How large is the cosine of "
            "two random matrices of this size, as a root mean square?",
            0.03,
        ),
        "one size for both": (
            lambda: [1 / 16, 1 / 16],
            "Two matrices that know nothing of each other have this cosine. But V_A stands on both sides of one of the two. Measure it.",
            [0.0054, 0.0134],
        ),
        "a matrix counted as a vector": (
            lambda: [0.25, 0.25],
            "This is the size for two random vectors of 16 numbers. How many numbers has a matrix?",
            0.03,
        ),
        "half and half": (lambda: [0.5, 0.5], "A mixture would need something of both. Draw a few pairs of heads and look.", 0.03),
    },
    entries=("with V_A", "with V_B"),
)


def _crosstalk(d):
    """The n at which the largest of n errors of crosstalk reaches what the right entry scores: n = d² / (2 ln n)."""
    n = float(d)
    for _ in range(50):
        n = d**2 / (2 * np.log(n))
    return n


CAPACITY = Numbers(
    right=lambda: [51, 186],  # the middle of what is measured: with five seeds or more, none of 700 tries lay outside the tolerance
    wrong={
        "one entry a dimension": (
            lambda: [32, 64],
            "A pseudo-inverse stops there. Outer products do not need keys that are independent, only crosstalk that is small.",
            [6, 12],
        ),
        "capacity doubles with d": (lambda: [51, 102], "Crosstalk is a product of two cosines, and each of them shrinks when d grows."),
        "the square without its logarithm": (
            lambda: [1024, 4096],
            "The square of d is the right idea. But the largest of many errors counts, and it is larger than a typical one.",
        ),
        "crosstalk forgotten": (
            lambda: [32 * 31 / 2, 64 * 63 / 2],
            "This counts pairs of directions. What do the other entries add to an answer?",
        ),
        "the estimate for the measurement": (
            (lambda: [38, 154], lambda: [_crosstalk(32), _crosstalk(64)]),  # of `capacity.outer_rate`, and of crosstalk alone
            "This is what an estimate gives, and in few dimensions it is crude. Store pairs and count.",
            ([0.9, 2], [5, 20]),
        ),
    },
    entries=("d = 32", "d = 64"),
    decimals=None,
    tolerance=[12, 30],
)

HALF_RANK = Numbers(
    right=lambda: [np.sqrt(0.5), 0.72],  # the recall as measured in the solution, over five seeds
    wrong={
        "half the rows, half the cosine": (
            lambda: [0.5, 0.72],
            "The best matrix of rank 4 has half of the squares of R. A cosine divides by a length as well.",
        ),
        "half read, half recalled": (
            lambda: [np.sqrt(0.5), 0.5],
            "A question that is read by half is not answered by half: it has to be told apart from seven others, no more.",
        ),
        "half of everything": (
            lambda: [0.5, 0.5],
            "Neither number is halved. Work out the cosine from the singular values, and measure the recall.",
        ),
        "rank does not matter": (lambda: [1, 1], "A matrix of rank 4 forgets four of eight directions."),
        "the chance level for the answer": (
            lambda: [np.sqrt(0.5), 0.125],
            "This is what guessing one of eight gives. The head reads something of each question.",
        ),
    },
    entries=("largest cosine", "recall"),
    shares=True,
    tolerance=[0.02, 0.07],
)

RIDGE = Function(
    right=lambda n, d, s: n * s**2 / d,
    wrong={
        "one question's noise": (lambda n, d, s: s**2 / d, "This is what noise adds for one key. A sum over keys is inverted."),
        "length for its square": (lambda n, d, s: n * s / d, "Squares of the noise add up, not lengths."),
        "all coordinates for one": (lambda n, d, s: n * s**2, "The length of the noise is shared among the coordinates."),
        "n and d swapped": (lambda n, d, s: d * s**2 / n, "More questions bring more noise into the sum. In yours they bring less."),
        "mean instead of sum": (lambda n, d, s: s**2, "Neither the number of keys nor that of coordinates is in it."),
    },
    cases=lambda rng: [(128, 128, 1.0), (64, 128, 1.0), (100, 50, 0.5), (7, 3, 2.0)],
)


def _hebb(keys, contents, question):
    return question @ (contents.T @ keys).T


def _centred_pairs(rng):
    cases = []
    for n, beta in ((5, 0.1), (9, 0.3)):
        keys, contents = rng.normal(size=(2, n, 4))
        cases.append((keys - keys.mean(axis=0), contents, rng.normal(size=(2, 4)), beta))
    return cases


WARM = Function(
    right=lambda k, c, q, b: c.mean(axis=0) + b / len(k) * _hebb(k, c, q),
    wrong={
        "the mean forgotten": (
            lambda k, c, q, b: b / len(k) * _hebb(k, c, q),
            "At β = 0 your memory answers nothing. What do even weights give?",
        ),
        "sum instead of mean": (
            lambda k, c, q, b: c.sum(axis=0) + b * _hebb(k, c, q),
            "Softmax divides by the sum of its exponentials, which is near the number of entries.",
        ),
        "un-normalised memory": (
            lambda k, c, q, b: c.mean(axis=0) + b * _hebb(k, c, q),
            "The two parts of your answer stand over different denominators. Softmax has only one.",
        ),
        "β forgotten": (lambda k, c, q, b: c.mean(axis=0) + _hebb(k, c, q) / len(k), "At β = 0 all questions should get the same answer."),
        "keys and contents swapped": (
            lambda k, c, q, b: c.mean(axis=0) + b / len(k) * q @ (k.T @ c).T,
            "The question is compared with the contents here, and the keys come back.",
        ),
        "self term of the keys": (
            lambda k, c, q, b: c.mean(axis=0) + b / len(k) * _hebb(k, c, q) + b * q @ k.T @ k / len(k),
            "A key has been added to the answer. A memory answers with contents.",
        ),
    },
    cases=_centred_pairs,
)

LOUD = Choice(
    "QᵀK has the singular values 2 and 0.1. Noise that is equally strong in all directions is added to the index. In which entry's answer "
    "does it show most?",
    (
        (
            "In that of 2, the stronger direction.",
            "strong taken for loud",
            "M undoes the index, so the strong direction is turned down and the noise along it with it.",
        ),
        (
            "In that of 0.1, the weaker direction.",
            RIGHT,
            "M multiplies by one over the singular value there, and cannot tell noise from question.",
        ),
        (
            "In both alike: M is one matrix.",
            "loudness forgotten",
            "One matrix, two entries. What does it multiply each direction of the index by?",
        ),
        (
            "In neither: the inverse removes it.",
            "the inverse undoes noise",
            "The inverse undoes what QᵀK did. The noise was added after that.",
        ),
    ),
)

EXERCISES = (
    Exercise.asked("2.0", "Where noise is heard", LOUD),
    Exercise(
        "2.1",
        "Ten times the knowledge",
        10,
        "hand",
        "four factors, to two decimals: of the weights, of the index QᵀK T a, of the motion V T a, and of M, with Q / 10 and β = 10",
        UNITS,
    ),
    Exercise(
        "2.2",
        "The wrong index",
        15,
        "numpy",
        "two root mean square cosines, to two decimals, with the contents of A and with those of B",
        WRONG_INDEX,
    ),
    Exercise(
        "2.3",
        "Facts without a pattern",
        20,
        "numpy",
        "two numbers of pairs, for d = 32 and for d = 64, as near as you can measure",
        CAPACITY,
    ),
    Exercise(
        "2.4", "Half the rows", 20, "hand", "two shares, to two decimals: the largest cosine, and the recall that you measured", HALF_RANK
    ),
    Exercise("2.5", "Repair the dip", 30, "numpy", "a function of n, d and s that returns λ", RIDGE),
    Exercise(
        "2.6",
        "Warm attention",
        30,
        "hand",
        "a function of keys (n, d) with mean zero, contents (n, d), question (m, d) and a small β that returns answers (m, d)",
        WARM,
    ),
)
