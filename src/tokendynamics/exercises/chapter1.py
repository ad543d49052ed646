"""Exercises of Chapter 1, Tokens as particles: one layer, its landscape, and where the picture breaks."""

import numpy as np

import tokendynamics as td

from ._judges import COARSE, RIGHT, Choice, Custom, Function, Numbers, State
from ._reading import Unreadable, numbers
from ._verdict import Exercise

I = np.eye(2)
PLACES = np.array([[-1.2, -0.6], [1.4, 0.7], [-0.2, 1.6]])  # it, cat, mat
Q = np.array([[0.9, 0.4], [-0.3, 1.1]])
K = np.array([[1.0, -0.5], [0.6, 0.8]])
V = np.array([[0.5, -0.4], [0.3, 0.6]])


def _jump():
    words = {
        "no far side": "Every key lies on the side that the token flees from, so its landscape falls for ever along this way. A bowl needs "
        "another side.",
        "self term included": "The step breaks even on a landscape that has the token's own key in it. In this exercise a token does not "
        "look at itself.",
        "too short a step": "After this step the token is still lower than it was.",
        "higher, but not the shortest": "After this step the token is higher than it was, and so it is after one that is a little shorter.",
    }

    def find(answer):
        try:
            places, step = answer
        except (TypeError, ValueError):
            raise Unreadable("it is not a pair") from None
        places, step = numbers(places), numbers(step)
        if places.shape != (3, 2) or step.ndim or step <= 0:
            raise Unreadable(f"the positions have shape {places.shape}, and the step is {step}")

        def gains(own, step=step):
            """How much higher the token is halfway, and at the end."""
            pull = td.force(places, I, I, include_self=own)[0]
            points = [places[0], places[0] - step / 2 * pull, places[0] - step * pull]
            start, half, end = td.potential_at(points, places, I, I, exclude=None if own else 0)
            return half - start, end - start

        def even(half, end):
            return half < 0 and abs(end) < 0.02 * abs(half)  # a tiny step changes little too, and halfway even less

        change, pull = gains(False)[1], td.force(places, I, I)[0]
        if even(*gains(False)):
            return RIGHT
        if even(*gains(True)):
            return "self term included"
        if step > 0.1 and step == np.round(step, 1) and gains(False, step - 0.05)[1] < 0 < gains(False, step + 0.05)[1]:
            return COARSE
        if (places[1:] @ pull >= 0).all():
            return "no far side"
        return "too short a step" if change <= 0 else "higher, but not the shortest"

    return Custom(find, words)


def _balance():
    words = {
        "matrices moved instead of tokens": "Q, K and V are to stay as they are; move the tokens.",
        "a token at rest": "The updates add up to nothing, but at least one token does not move at all.",
        "balanced by the centre": "The tokens are centred on the origin, and still their updates do not cancel. A centre is one condition; "
        "more than that has to be alike.",
        "mirrored in the wrong point": "The tokens are arranged evenly about a point, but not about the point that dot products are measured from.",
    }

    def find(lab):
        if any(np.abs(matrix - I).max() > 1e-6 for matrix in (lab.Q, lab.K, lab.V)):
            return "matrices moved instead of tokens"
        moves = td.content(lab.tokens, lab.Q, lab.K, lab.V, scale=lab.scale, include_self=lab.include_self)
        lengths, total = np.linalg.norm(moves, axis=1), np.linalg.norm(moves.sum(axis=0))
        if lengths.min() < 0.01:
            return "a token at rest"
        if total < 0.03 * lengths.sum():
            return RIGHT
        if np.linalg.norm(lab.tokens.mean(axis=0)) < 0.03:
            return "balanced by the centre"
        centred = lab.tokens - lab.tokens.mean(axis=0)
        again = td.content(centred, lab.Q, lab.K, lab.V, scale=lab.scale, include_self=lab.include_self)
        even = np.linalg.norm(again.sum(axis=0)) < 0.03 * np.linalg.norm(again, axis=1).sum()
        return "mirrored in the wrong point" if even else None

    return State("ForceLab", find, words, page=lambda: {"find": "balance"})


def _own_weight(tokens, Q, K):
    return np.diag(td.attention_weights(tokens, Q, K, include_self=True))[:, None]


def _missing(tokens, Q, K, V):
    return _own_weight(tokens, Q, K) * (tokens @ (td.knowledge(Q, K, V) @ K.T @ Q).T)


MISSING = Function(
    right=_missing,
    wrong={
        "transposed QᵀK": (
            lambda t, Q, K, V: _own_weight(t, Q, K) * (t @ V.T),
            "The own key enters the score on the other side, so its slope has the matrix the other way round. The two agree only where it "
            "is symmetric.",
        ),
        "the weight forgotten": (
            lambda t, Q, K, V: t @ (td.knowledge(Q, K, V) @ K.T @ Q).T,
            "Each term of the slope carries a share of the softmax. Yours carries none.",
        ),
        "M forgotten": (
            lambda t, Q, K, V: _own_weight(t, Q, K) * (t @ (K.T @ Q).T),
            "This is the missing part of the slope. The update needs the missing part of the motion.",
        ),
        "M multiplied from the right": (
            lambda t, Q, K, V: _own_weight(t, Q, K) * (t @ (K.T @ Q @ td.knowledge(Q, K, V)).T),
            "M acts on a slope that is there already, so it comes last.",
        ),
        "rows and columns confused": (
            lambda t, Q, K, V: _own_weight(t, Q, K) * (t @ (td.knowledge(Q, K, V) @ K.T @ Q)),
            "Tokens are rows here. A matrix that acts on columns has to be turned over to act on rows.",
        ),
        "self term left out": (
            lambda t, Q, K, V: np.zeros_like(t),
            "Nothing is missing if no token looks at itself. Here each one does.",
        ),
        "the whole for the part": (
            lambda t, Q, K, V: td.content(t, Q, K, V, include_self=True) + _missing(t, Q, K, V),
            "This is the whole repaired update. The exercise asks for what has to be added to the layer's own.",
        ),
    },
    cases=lambda rng: [(rng.normal(size=(n, d)), *rng.normal(size=(3, d, d))) for n, d in ((3, 2), (4, 3), (5, 2))],
)


def _combed(index=Q.T @ K):
    return (V * index).sum() / (index * index).sum() * index


def _symmetric(A):
    return (A + A.T) / 2


CURL = Numbers(
    right=_combed,
    wrong={
        "the nearest taken for the first": (
            lambda: Q.T @ K,
            "No round trip does work with this V, but another one with the same virtue lies nearer to the old V.",
        ),
        "V made symmetric": (lambda: _symmetric(V), "It is not V that decides about curl, but what stands in front of the slope."),
        "M made symmetric": (
            lambda: _symmetric(V @ np.linalg.inv(Q.T @ K)) @ Q.T @ K,
            "A symmetric M can curl all the same: its product with the Hessian has to be symmetric. With three keys not on one line that is any Hessian.",
        ),
        "transposed QᵀK": (lambda: _combed(K.T @ Q), "The matrix on which you projected is turned over."),
        "V projected on the identity": (
            lambda: np.trace(V) / 2 * I,
            "This makes V a multiple of the identity. Which matrix should be one?",
        ),
    },
    entries=("row 1, column 1", "row 1, column 2", "row 2, column 1", "row 2, column 2"),
)


def _stay(motion):
    return lambda: motion() + PLACES[0]


def _hot_and_cold(own=False, mean=True):
    hot = PLACES if own else PLACES[1:]
    return np.stack([hot.mean(axis=0) if mean else hot.sum(axis=0), PLACES[2]])


def _own_everywhere():
    """Where the token may look at itself, its own score is the best of all."""
    return np.stack([PLACES.mean(axis=0), PLACES[0]])


HOT = Numbers(
    right=_stay(_hot_and_cold),
    wrong={
        "towards instead of by": (
            (_hot_and_cold, lambda: _hot_and_cold(own=True), _own_everywhere),
            "These are the means themselves, and a token does not travel to the mean. The mean is the "
            "arrow by which it moves, from where it stands.",
        ),
        "self term included": (
            (_stay(lambda: _hot_and_cold(own=True)), _stay(_own_everywhere)),
            "In the first answer three tokens share the attention. A token does not look at itself here, in either answer.",
        ),
        "sum instead of mean": (_stay(lambda: _hot_and_cold(mean=False)), "Even weights are not weights of one: they still add up to 1."),
        "hot and cold swapped": (_stay(lambda: _hot_and_cold()[::-1]), "β multiplies the scores. Which β makes all scores alike?"),
        "no force, no motion": (
            _stay(lambda: np.stack([np.zeros(2), PLACES[2]])),
            "In the first answer the token stays where it is. Its force is zero there; is its content?",
        ),
    },
    entries=("β = 0: across", "β = 0: up", "very large β: across", "very large β: up"),
    tolerance=0.02,
)


def _layer(tokens, Q, K, V, beta, *, own=False, axis=-1, normalise=True, shift=True, highest=-1, mask=-np.inf, masked="scores"):
    """One layer, with the knobs that students turn by mistake; returns the motion."""
    scores = beta * (tokens @ Q.T @ (tokens @ K.T).T)
    if not own and masked == "scores":
        np.fill_diagonal(scores, mask)
    with np.errstate(all="ignore"):
        mass = np.exp(scores - scores.max(axis=highest if axis == -1 else axis, keepdims=True) if shift else scores)
        if masked == "mass":
            np.fill_diagonal(mass, 0)
        weights = mass / mass.sum(axis=axis, keepdims=True) if normalise else mass
        if masked == "weights":
            np.fill_diagonal(weights, 0)
        return weights @ tokens @ V.T


LAYER = Function(
    right=lambda t, Q, K, V, beta: t + _layer(t, Q, K, V, beta),
    wrong={
        "K and Q swapped": (
            lambda t, Q, K, V, b: t + _layer(t, K, Q, V, b),
            "The one that looks asks with Q; the ones that are looked at answer with K. Yours are the other way round.",
        ),
        "softmax over the wrong axis": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, axis=0),
            "Here the attention that each token *receives* adds up to 1. It is what each token *gives* that does.",
        ),
        "self term included": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, own=True),
            "In this chapter a token does not attend to itself.",
        ),
        "diagonal set to zero": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, mask=0),
            "A score of zero is a score like any other, and the exponential makes 1 of it. Which score gets a share of nothing?",
        ),
        "weight zeroed after softmax": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, masked="weights"),
            "The own weight is taken away when the shares have been given out, so the others no longer add up to 1.",
        ),
        "1/√d added": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b / np.sqrt(len(Q))),
            "The scores are divided by √d as well. Here β is all that multiplies them.",
        ),
        "missing residual": (lambda t, Q, K, V, b: _layer(t, Q, K, V, b), "This is the motion. Where is the token that moves?"),
        "sum instead of mean": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, normalise=False, shift=False),
            "The weights of a token do not add up to 1 here.",
        ),
        "towards instead of by": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b) - t @ V.T,
            "Here a token is moved by the way from itself to the mean. Nothing in the layer takes its own place away from the mean.",
        ),
        "V forgotten": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, np.eye(len(V)), b),
            "The mean is added as it is found. Something turns it first.",
        ),
        "V transposed": (
            lambda t, Q, K, V, b: t + _layer(t, Q, K, V.T, b),
            "Tokens are rows here: a matrix that acts on columns acts on rows from the other side, turned over.",
        ),
        "V applied before instead of after": (
            lambda t, Q, K, V, b: t + _layer(t @ V.T, Q, K, np.eye(len(V)), b),
            "V acts on what is found. Yours acts before anything is compared, so the scores see other tokens.",
        ),
        "scale forgotten": (lambda t, Q, K, V, b: t + _layer(t, Q, K, V, 1.0), "β makes no difference in your layer."),
        "scale on the motion": (
            lambda t, Q, K, V, b: t + b * _layer(t, Q, K, V, 1.0),
            "β multiplies the scores and not what comes of them.",
        ),
    },
    cases=lambda rng: [
        (rng.normal(size=(n, d)), *rng.normal(size=(3, d, d)), beta) for n, d, beta in ((3, 2, 0.5), (5, 3, 2.0), (4, 2, 0.7))
    ],
    extreme=(
        lambda rng: [(100 * rng.normal(size=(6, 2)), *matrices, 1.0) for matrices in (rng.normal(size=(3, 2, 2)), (I, I, I))],
        {
            "missing max-shift": (
                lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, shift=False),
                "For ordinary tokens your layer is right. For tokens a hundred times as large it fails, because the exponential of a large "
                "score overflows. Shares do not change if the same number is taken from all scores of a row.",
            ),
            "mask after exp": (
                lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, masked="mass"),
                "For ordinary tokens your layer is right. Where a token's own score is by far the largest of its row, it fails: the others "
                "are measured from it, and nothing of them is left when it goes. Leave it out earlier.",
            ),
            "one max for the whole matrix": (
                lambda t, Q, K, V, b: t + _layer(t, Q, K, V, b, highest=None),
                "For ordinary tokens your layer is right. For large ones the rows differ so much that one number taken from all of them "
                "leaves nothing in most. Each row has a largest score of its own.",
            ),
        },
    ),
)

SHIFT = Choice(
    "Q = K = V = I. All tokens, the one that looks included, are shifted by the same arrow. How does one layer move them then?",
    (
        (
            "As before: only differences between tokens matter.",
            "towards instead of by",
            "That would hold if a token were moved along the "
            "differences to the others. It is moved by their mean, which is measured from the origin.",
        ),
        (
            "As before: softmax does not notice a shift.",
            "a shift of tokens for a shift of scores",
            "Softmax does not notice when the same number is added to all scores. A shift of tokens adds a different number to each.",
        ),
        (
            "By the same weights, and farther by the shift.",
            "scores taken for distances",
            "The mean is shifted, so far that is right. But the scores are dot products, not distances, and they change as well.",
        ),
        (
            "By other weights, and by a shifted mean.",
            RIGHT,
            "Dot products and means are both measured from the origin. In mechanics nothing depends on where it is; here everything does.",
        ),
    ),
)

EXERCISES = (
    Exercise.asked("1.0", "Everybody shifted", SHIFT),
    Exercise(
        "1.1",
        "Jump",
        15,
        "numpy",
        "a pair: positions of three tokens, (3, 2), the first of them the one that jumps, and a step above 0, to two decimals",
        _jump(),
    ),
    Exercise("1.2", "Restore the third law", 10, "widget", "a Force lab, or a link that its Copy link button gave", _balance()),
    Exercise("1.3", "Repair the self term", 20, "numpy", "a function of tokens (n, d), Q, K and V (d, d) that returns (n, d)", MISSING),
    Exercise("1.4", "Comb the curl out", 30, "numpy", "the new V, four numbers in two rows, (2, 2), to two decimals", CURL),
    Exercise(
        "1.5",
        "Hot and cold",
        5,
        "hand",
        "two places of the token, (2, 2), to two decimals: where it ends for β = 0, and for very large β",
        HOT,
    ),
    Exercise(
        "1.6",
        "One layer",
        15,
        "numpy",
        "a function of tokens (n, d), Q, K, V (d, d) and β that returns where the tokens are after one layer, (n, d)",
        LAYER,
    ),
)
