"""Answers to the exercises: wrong ones as students write them, by hand and apart from the checkers, and right ones.

It imports nothing that a page’s Python lacks: tests/site/test_page_exercises.py runs it there.
"""

import base64
import json

import numpy as np

import tokendynamics as td
from tokendynamics.exercises import EXERCISES, check
from tokendynamics.exercises._judges import COARSE, RIGHT, Choice, Function, Numbers, Table
from tokendynamics.exercises._verdict import judge_of
from tokendynamics.widgets import EmergenceLab, ForceLab, HeadsAndTasks, RealTrajectories

PLACES = np.array([[-1.2, -0.6], [1.4, 0.7], [-0.2, 1.6]])
FACING = np.array([[0.6, 0.0], [1.5, 0.5], [-1.0, 0.5]])
I = np.eye(2)


def breaks_even(own):
    """The step at which a token on FACING is as high as before, by halving an interval."""
    pull = td.force(FACING, I, I, include_self=own)[0]
    short, long = 0.5, 9.0
    for _ in range(60):
        step = (short + long) / 2
        heights = td.potential_at([FACING[0], FACING[0] - step * pull], FACING, I, I, exclude=None if own else 0)
        short, long = (step, long) if heights[1] < heights[0] else (short, step)
    return step


def softmax(row):
    e = np.exp(row - np.max(row))
    return e / e.sum()


def attend(tokens, Q, K, V, beta, *, own=False, score=None, value=None, weigh=softmax):
    """One layer's motion, one token and one dot product at a time."""
    moves = np.zeros_like(tokens)
    for i, t in enumerate(tokens):
        others = [k for k in range(len(tokens)) if own or k != i]
        scores = [beta * (score or (lambda a, b: (Q @ a) @ (K @ b)))(t, tokens[k]) for k in others]
        moves[i] = sum(w * (value or (lambda u: V @ u))(tokens[k]) for w, k in zip(weigh(np.array(scores)), others))
    return moves


def masked_late(tokens, Q, K, V, beta, *, shift=True):
    """The diagonal is put out after the exponential."""
    scores = beta * tokens @ Q.T @ K @ tokens.T
    e = np.exp(scores - scores.max(axis=1, keepdims=True) * shift) * (1 - np.eye(len(tokens)))
    return tokens + (e / e.sum(axis=1, keepdims=True)) @ tokens @ V.T


def one_max(tokens, Q, K, V, beta):
    scores = beta * tokens @ Q.T @ K @ tokens.T
    scores[np.eye(len(tokens), dtype=bool)] = -np.inf
    e = np.exp(scores - scores.max())
    return tokens + (e / e.sum(axis=1, keepdims=True)) @ tokens @ V.T


def diagonal_zero(tokens, Q, K, V, beta):
    scores = beta * tokens @ Q.T @ K @ tokens.T * (1 - np.eye(len(tokens)))
    return tokens + np.array([softmax(row) for row in scores]) @ tokens @ V.T


def zeroed_after(tokens, Q, K, V, beta):
    weights = np.array([softmax(row) for row in beta * tokens @ Q.T @ K @ tokens.T])
    np.fill_diagonal(weights, 0)
    return tokens + weights @ tokens @ V.T


def by_columns(tokens, Q, K, V, beta):
    scores = beta * tokens @ Q.T @ K @ tokens.T
    scores[np.eye(len(tokens), dtype=bool)] = -np.inf
    e = np.exp(scores)
    return tokens + (e / e.sum(axis=0)) @ tokens @ V.T


def own_share(tokens, Q, K):
    return np.diag(td.attention_weights(tokens, Q, K, include_self=True))


def spaced(angle, gap):
    """An order for exercise 3.4: leaders that are farther apart than a gap, then the others, those next to a leader first."""
    from tokendynamics import geometry

    circle, walk = np.stack([np.cos(angle), np.sin(angle)], axis=1), np.argsort(angle)
    first = walk[geometry.leaders(circle[walk], gap)]
    near = np.linalg.norm(circle[:, None] - circle[first], axis=-1).min(axis=1)
    return np.argsort(near, kind="stable")


def by_gaps(few, many):
    return lambda angle: (spaced(angle, few), spaced(angle, many))


def layer_norm(x):
    return (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)


def at_place(Q, K, V, W, order):
    """Heads sent to the places that `order` names, for exercise 4.1."""
    Q2, K2, V2, W2, w = Q.copy(), K.copy(), V.copy(), W.copy(), W.shape[1] // len(order)
    for old, new in enumerate(order):
        Q2[new], K2[new], V2[new], W2[:, new * w : (new + 1) * w] = Q[old], K[old], V[old], W[:, old * w : (old + 1) * w]
    return Q2, K2, V2, W2


def spring(*shown):
    return RealTrajectories(word="spring", shown=list(shown))


def own(*sentences, **state):
    """A link to sentences of one's own: it costs nothing until it is judged."""
    text = json.dumps({"sentences": sentences} | state)
    return f"#real-trajectories=v1.{base64.urlsafe_b64encode(text.encode()).decode()}"


AAB = ["A", "A", "B"]
SAW = ("We saw them at the station.", "I saw a bird in the garden.", "He cut the board with a saw.")
LIGHT = ("Turn on the light, please.", "A light shone in the hall.", "The box is light enough to carry.")
FAR = "After a long day in the noisy yard by the harbour the three tired workers at last got the old crane to work again."
STRUCK = "She lit the fire with a match."
READ = {"word": "match", "anchors": ["fire", "game"], "bent": [6, 5], "gain": 0}
BOOK = "I read a good book."
LAW = {"word": "book", "bent": [1, 9], "value": "law"}
SENTENCE = "did Phoenix say that the superb meal for Aurora was never dull ."
HALF = np.array([[1.4, 0.7], [-0.5, 1.2]])
MIRRORED = np.vstack([HALF, -HALF])
TOPIC = {"light": None, "apple": 5, "chip": 3, "spring": 1, "bank": 6, "palm": 3, "bat": 3, "crane": 1, "mouse": 1}

# {(exercise, misconception): answer}
WRONG = {
    ("1.0", "towards instead of by"): "a",
    ("1.1", "no far side"): (PLACES, 50),
    ("1.1", "self term included"): (FACING, breaks_even(True)),
    ("1.1", "too short a step"): (FACING, 0.5),
    ("1.1", "higher, but not the shortest"): (FACING, 5),
    ("1.2", "matrices moved instead of tokens"): ForceLab(tokens=MIRRORED, V=[[0, 0], [0, 0]]),
    ("1.2", "a token at rest"): ForceLab(tokens=[[0, 0], [0, 0]]),
    ("1.2", "balanced by the centre"): ForceLab(tokens=PLACES - PLACES.mean(axis=0)),
    ("1.2", "mirrored in the wrong point"): ForceLab(tokens=MIRRORED + [0.8, 0.3]),
    ("1.3", "transposed QᵀK"): lambda t, Q, K, V: np.array([a * (V @ x) for a, x in zip(own_share(t, Q, K), t)]),
    ("1.3", "the weight forgotten"): lambda t, Q, K, V: np.array([V @ np.linalg.inv(Q.T @ K) @ K.T @ Q @ x for x in t]),
    ("1.3", "M forgotten"): lambda t, Q, K, V: np.array([a * (K.T @ Q @ x) for a, x in zip(own_share(t, Q, K), t)]),
    ("1.3", "self term left out"): lambda t, Q, K, V: 0 * t,
    ("1.4", "the nearest taken for the first"): [[0.72, -0.69], [1.06, 0.68]],
    ("1.5", "towards instead of by"): [[0.6, 1.15], [-0.2, 1.6]],
    ("1.5", "sum instead of mean"): [[0.0, 1.7], [-1.4, 1.0]],
    ("1.5", "self term included"): [PLACES.mean(axis=0) + PLACES[0], PLACES[2] + PLACES[0]],
    ("1.6", "K and Q swapped"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b, score=lambda x, y: (K @ x) @ (Q @ y)),
    ("1.6", "softmax over the wrong axis"): by_columns,
    ("1.6", "self term included"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b, own=True),
    ("1.6", "missing residual"): attend,
    ("1.6", "mask after exp"): masked_late,
    ("1.6", "one max for the whole matrix"): one_max,
    ("1.6", "diagonal set to zero"): diagonal_zero,
    ("1.6", "weight zeroed after softmax"): zeroed_after,
    ("1.6", "1/√d added"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b / len(Q) ** 0.5),
    ("1.6", "sum instead of mean"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b, weigh=np.exp),
    ("1.6", "V forgotten"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b, value=lambda u: u),
    ("1.6", "V transposed"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b, value=lambda u: u @ V),
    ("1.6", "V applied before instead of after"): lambda t, Q, K, V, b: t + attend(t @ V.T, Q, K, np.eye(len(V)), b),
    ("1.6", "scale forgotten"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, 1),
    ("1.6", "scale on the motion"): lambda t, Q, K, V, b: t + b * attend(t, Q, K, V, 1),
    ("1.6", "missing max-shift"): lambda t, Q, K, V, b: t + attend(t, Q, K, V, b, weigh=lambda s: np.exp(s) / np.exp(s).sum()),
    ("2.1", "knowledge taken for motion"): [1, 0.1, 10, 10],
    ("2.2", "chance level forgotten"): (0, 0),
    ("2.2", "contents without their index"): (1, 0),
    ("2.2", "the index decides"): (0, 1),
    ("2.2", "one size for both"): (0.0625, 0.0625),
    ("2.3", "the estimate for the measurement"): (109, 349),
    ("2.3", "capacity doubles with d"): (54, 108),
    ("2.4", "half the rows, half the cosine"): (0.5, 0.72),
    ("2.5", "one question's noise"): lambda n, d, s: s * s / d,
    ("2.6", "un-normalised memory"): lambda k, c, q, b: c.mean(0) + b * np.array([sum((x @ y) * z for x, z in zip(k, c)) for y in q]),
    ("3.1", "per cent taken for shares"): (0.12, 6.65),
    ("3.1", "Euler taken for RK4"): (0.4476, 0.0665),
    ("3.1", "the crowd of another draw"): (0.0005, 0.0333),
    ("3.1", "different weights taken for shared"): (0.024, 0.340),
    ("3.2", "fleeing taken for gathering"): (1, 1),
    ("3.3", "antisymmetric part thrown away"): lambda V: sum(
        max(w, 0) * np.outer(u, u) for w, u in zip(*(lambda e: (e[0], e[1].T))(np.linalg.eigh((V + V.T) / 2)))
    ),
    ("3.4", "tokens changed, not their order"): lambda angle: (np.zeros(40), np.arange(40)),
    ("3.4", "few and many swapped"): by_gaps(0.5, 0.9),
    ("3.4", "the order does not matter"): lambda angle: (np.arange(40), np.arange(40)),
    ("3.4", "no better than chance"): by_gaps(0.6, 0.5),
    ("3.4", "luck for a rule"): (np.arange(40), np.arange(40)),
    ("3.5", "motion without inertia"): lambda s, first, second: second + s * first,
    ("3.6", "Euler taken for RK4"): lambda f, x, h: x + h * (f(x) + 2 * f(x) + 2 * f(x) + f(x)) / 6,
    ("4.1", "W_O forgotten"): lambda Q, K, V, W, order: (Q[order], K[order], V[order], W),
    ("4.1", "the inverse order for all"): at_place,
    ("4.2", "read taken for used"): "1.2",
    ("4.2", "the main one taken for its spare"): "2.2",
    ("4.2", "both, to be safe"): ("1.2", "2.3"),
    ("4.3", "down counted and not up"): ("1.4", "2.3"),
    ("4.3", "costly taken for surprising"): ("1.1", "2.3"),
    ("4.3", "the second largest surprise"): ("1.1", "1.4"),
    ("4.3", "one head for a pair"): "2.3",
    ("4.4", "heads averaged instead of summed"): lambda s, W: (
        sum(layer_norm(h) @ B.T for h, B in zip(s, np.split(W, len(s), axis=1))) / len(s)
    ),
    ("4.4", "norm behind W_O"): lambda s, W: sum(layer_norm(h @ W[:, k * h.shape[1] : (k + 1) * h.shape[1]].T) for k, h in enumerate(s)),
    ("4.4", "W_O forgotten"): lambda s, W: np.hstack([layer_norm(h) for h in s]),
    ("4.5", "the body learns at once"): (True, True),
    ("4.5", "zero never learns"): (False, False),
    ("4.5", "the steps swapped"): (True, False),
    ("4.6", "control forgotten"): HeadsAndTasks(sentence="the film was never good .", off=[]),
    ("4.6", "another head's doing"): HeadsAndTasks(sentence="the film was never good .", off=[[0, 0], [1, 1]]),
    ("4.6", "no case at all"): HeadsAndTasks(sentence="the film was good .", off=[[0, 0]]),
    ("4.6", "nothing is negated"): HeadsAndTasks(sentence="never .", off=[[0, 0]]),
    ("4.6", "one more case for the rule"): HeadsAndTasks(sentence=SENTENCE, off=[[0, 0]]),
    ("5.1", "bits for shares"): 1.906,
    ("5.2", "accuracy does not compound"): [0.5, 0.5, 0.5, 0.5],
    ("5.3", "accuracy to the n-th power"): (0.153, 0.625),
    ("5.3", "two halves for one role"): ("5/32", "5/8"),
    ("5.3", "chance level forgotten"): (0, 0.25),
    ("5.3", "per cent taken for shares"): (12.5, 62.5),
    ("5.4", "one head has it all"): (0.14, 0.999),
    ("5.4", "half of the work, half of the points"): (0.5, 0.5),
    ("5.4", "nothing was switched off"): (0.999, 0.999),
    ("5.4", "chance for a measurement"): (0, 0),
    ("5.5", "chance for a measurement"): (1, 0.5, 0.1667),
    ("5.5", "chance over the vocabulary"): (1 / 24, 1 / 24, 1 / 24),
    ("5.6", "the treatment for the control"): EmergenceLab.preset("deep"),
    ("5.6", "two things changed at once"): EmergenceLab.preset("deep", layers=1, d=64),
    ("5.6", "another task"): EmergenceLab.preset("one"),
    ("6.0", "control forgotten"): "a",
    ("6.1", "closest within a sense"): spring(22, 23),
    ("6.1", "farthest for closest"): spring(19, 23),
    ("6.1", "the second closest"): spring(18, 23),
    ("6.1", "close in another layer"): spring(20, 22),
    ("6.1", "another word"): RealTrajectories(word="light"),
    ("6.2", "the embedding counted"): TOPIC | {"light": 0, "apple": 0, "spring": 0, "crane": 0, "mouse": 0},
    ("6.2", "the whole gap for half"): TOPIC | {"apple": 6, "chip": 4, "spring": None, "bank": None, "palm": 4, "bat": 4},
    ("6.2", "layers counted from one less"): {word: layer and layer - 1 for word, layer in TOPIC.items()},
    ("6.2", "the first of none"): TOPIC | {"light": 1},
    ("6.2", "the last layer for the first"): {word: layer and 6 for word, layer in TOPIC.items()},
    ("6.3", "one kind of control for two"): {"dealt", "shuffled"},
    ("6.3", "the claim for its own control"): {"trained"},
    ("6.3", "one table only"): ["shuffled"],
    ("6.3", "every row"): {"trained", "dealt", "shuffled", "shuffled model"},
    ("6.4", "counted twice"): 2 * np.array([0.0204, 0.0415, 0.0046, 0.0043, 0.007, 0.0363]),
    ("6.5", "control forgotten"): (39, 33),
    ("6.4", "what the others gain for what leaves"): [0.0208, 0.0433, 0.0046, 0.0043, 0.007, 0.0377],
    ("6.6", "one score for three"): (62, 52),
    ("6.6", "by the mean for by zero"): (39, 17),
    ("6.7", "light itself"): own(*LIGHT, word="light", senses=AAB),
    ("6.7", "a changed model"): own(*SAW, senses=AAB, bent=[1, 3], gain=0),
    ("6.7", "no two alike"): own(*SAW),
    ("6.7", "a copy for a second sentence"): own(
        "A crane stood in the marsh.", "A crane walked in the marsh.", "The crane lifted a beam.", word="crane", senses=AAB
    ),
    ("6.7", "two senses under one letter"): own(*SAW, senses=["A", "B", "B"]),
    ("6.7", "place for sense"): own("Crane chicks hatch in spring.", "Crane nests float on water.", FAR, word="crane", senses=AAB),
    ("6.7", "late, as light is"): own(
        "They play rock in a small club.", "She sings in a rock band.", "He threw a rock into the pond.", word="rock", senses=AAB
    ),
    ("6.7", "the senses hardly part"): own(
        "A crane waded through the shallow marsh.",
        "We watched a crane dance in the snow.",
        "They hired a crane to unload the ship.",
        word="crane",
        senses=AAB,
    ),
    ("6.8", "nothing is off"): own(STRUCK, **READ | {"gain": 1}),
    ("6.8", "every layer for one head"): own(STRUCK, **READ, without="heads"),
    ("6.8", "bent, not off"): own(STRUCK, **READ | {"gain": 0.5}),
    ("6.8", "the reading stays"): own(STRUCK, **READ | {"bent": [6, 4]}),
    ("6.8", "a tie that anything tips"): own(
        "The jam on the road lasted hours.", word="jam", anchors=["fruit", "traffic"], bent=[6, 11], gain=0
    ),
    ("6.8", "not this head alone"): own(STRUCK, **READ | {"anchors": ["fire", "justice"]}),
    ("6.9", "off for replaced"): (own(BOOK, **LAW | {"value": "learned", "gain": 0}), 0.044),
    ("6.9", "random for M QᵀK"): (own(BOOK, **LAW | {"value": "random"}), 0.044),
    ("6.9", "its V is the learned one"): (own(BOOK, **LAW | {"value": "learned"}), 0.044),
    ("6.9", "two things changed at once"): (own(BOOK, **LAW, gain=0), 0.044),
    ("6.9", "more than next to nothing"): (own(BOOK, **LAW | {"bent": [5, 3]}), 0.06),
    ("6.9", "control forgotten"): (own(BOOK, **LAW), 0.0264),
    ("6.9", "one token for all"): (own(BOOK, **LAW), 3.1),
    ("6.9", "other heads for this one"): (own(BOOK, **LAW), 0.081),
}

# right states of widgets
JUDGED = {
    "1.2": lambda: ForceLab(tokens=MIRRORED),
    "4.6": lambda: HeadsAndTasks(sentence="the film was never good .", off=[[0, 0]]),
    "5.6": lambda: EmergenceLab.preset("deep", layers=1, d=32, seed=4),  # the width that it has anyway
    "6.1": lambda: RealTrajectories(word="spring", shown=[18, 22]),
    "6.7": lambda: RealTrajectories(sentences=SAW, senses=AAB),
    "6.8": lambda: RealTrajectories(sentences=[STRUCK], **READ),
}


def handed_in(judge, box):
    """An answer in the middle of a box of numbers."""
    middle = (np.array(box[0]) + np.array(box[1])) / 2
    if judge.none:
        return {word: None if layer < 0 else int(round(layer)) for word, layer in zip(judge.entries, middle)}
    return middle.reshape(judge.rules["shape"])


def answers(exercise):
    """{misconception: an answer that shows it}, from the checker's own list."""
    judge = judge_of(exercise)
    if isinstance(judge, Choice):
        return {name: letter for letter, (_, name, _) in zip(judge.letters, judge.choices) if name != RIGHT}
    if isinstance(judge, Table):
        return {name: key for key, name in judge.found.items() if name not in (RIGHT, None)}
    if isinstance(judge, Numbers):
        return {known["name"]: handed_in(judge, known["boxes"][0]) for known in judge.rules["known"] if known["name"] != COARSE}
    return {name: function for name, (function, _) in getattr(judge, "wrong", {}).items()}


def right(exercise):
    """The right answer, where the checker holds one or it is a state of a widget; None for those that only the solutions give."""
    judge = judge_of(exercise)
    if isinstance(judge, Choice):
        return next(letter for letter, choice in zip(judge.letters, judge.choices) if choice[1] == RIGHT)
    if isinstance(judge, Table):
        return next(key for key, name in judge.found.items() if name == RIGHT)
    if exercise.number == "5.5":
        return 0.998, 0.513, 0.171  # what one expects is no measurement
    if isinstance(judge, Numbers):
        return handed_in(judge, [judge.rules["values"]] * 2)
    if isinstance(judge, Function):
        return judge.right
    return JUDGED[exercise.number]() if exercise.number in JUDGED else None


def judged(chapter):
    """[(exercise, the misconception that its answer shows or "right", misconception or "right" as found, words)] for a chapter's answers."""
    given = [(number, name, answer) for (number, name), answer in WRONG.items()]
    for number, exercise in EXERCISES.items():
        given += [(number, name, answer) for name, answer in answers(exercise).items()]
        given += [(number, RIGHT, answer) for answer in [right(exercise)] if answer is not None]
    found = [(number, name, check(number, answer)) for number, name, answer in given if number.startswith(f"{chapter}.")]
    return [(number, name, RIGHT if verdict.right else verdict.misconception, verdict.words) for number, name, verdict in found]
