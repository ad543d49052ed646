"""Exercises of Chapter 3, The attention stack and trajectories: methods and their orders, crowds, leaders, inertia."""

from functools import cache

import numpy as np

import tokendynamics as td

from .. import geometry
from ..stack import normalised
from ._judges import RIGHT, Choice, Custom, Finding, Function, Numbers, Unanswered
from ._reading import Unreadable, items, numbers
from ._verdict import Exercise

I = np.eye(2)


@cache
def _end(steps, method, seed=0, sets=1):
    """Where the crowd of the section on Euler's method starts and ends, in the time of eight layers: by one set of weights, or eight."""
    rng = np.random.default_rng(seed)
    crowd = normalised(rng.standard_normal((12, 8)), "layernorm")
    draws = [tuple(rng.standard_normal((3, 8, 8)) / np.sqrt(8)) for _ in range(sets)]
    layers = [draw for draw in draws for _ in range(steps // sets)]
    return td.trajectories(crowd, layers, step=8 / steps, method=method, norm="layernorm", scale=8**-0.5)[[0, -1]]


def _off(steps, method, **draw):
    """How far a method ends from the flow, as a share of the way."""
    start, exact = _end(256, "rk4", **draw)
    return np.linalg.norm(_end(steps, method, **draw)[1] - exact) / np.linalg.norm(exact - start)


METHODS = Numbers(
    right=lambda: [_off(8, "rk4"), _off(32, "euler")],
    wrong={
        "the two swapped": (lambda: [_off(32, "euler"), _off(8, "rk4")], "Which of the two is Runge–Kutta?"),
        "Euler taken for RK4": (
            lambda: [_off(8, "euler"), _off(32, "euler")],
            "The first number is what Euler's method gives for the same steps. Are the four slopes asked at four different places?",
        ),
        "a layer taken for a short step": (
            lambda: [_off(8, "rk4"), _off(8, "euler")],
            "The second number belongs to steps of 1. A quarter of a step was asked for, four times as often.",
        ),
        "the crowd of another draw": (
            lambda: [_off(8, "rk4", seed=9), _off(32, "euler", seed=9)],
            "These are the shares of another crowd, the last of the ten draws. Run the section's first cell again, and take what it makes.",
        ),
        "different weights taken for shared": (
            lambda: [_off(8, "rk4", sets=8), _off(32, "euler", sets=8)],
            "The weights change from layer to layer here. One set for all eight layers was asked for.",
        ),
        "per cent taken for shares": (
            lambda: [100 * _off(8, "rk4"), 100 * _off(32, "euler")],
            "The size is that of per cents. A share of the way is wanted, or a sign % behind the number.",
            [0.05, 0.5],
        ),
    },
    entries=("Runge–Kutta, 8 steps", "Euler, 32 steps"),
    decimals=3,
    tolerance=[5e-4, 5e-3],
)

SPREAD = Numbers(
    right=lambda: [-1 / 2, -1 / 3],
    wrong={
        "pairs at opposite ends": (
            lambda: [-1, -1],
            "Two tokens can be opposite each other. A third one has nowhere to be opposite to both.",
        ),
        "fleeing taken for gathering": (lambda: [1, 1], "This is a crowd in one place, where V = I leads. V = −I turns each motion round."),
        "spread like the axes": (
            lambda: [0, 0],
            "Right angles are what random tokens in many dimensions have. Tokens that flee can get farther apart than that.",
        ),
        "one answer for every dimension": (
            lambda: [-1 / 2, -1 / 2],
            "Three tokens have room for this in a plane. Four have to share the space of three dimensions.",
        ),
        "degrees for cosines": (
            (lambda: np.degrees(np.arccos([-1 / 2, -1 / 3])), lambda: np.arccos([-1 / 2, -1 / 3])),
            "These are angles. Their cosines are wanted.",
            [0.5, 0.6],
        ),
    },
    entries=("three on a circle", "four in space"),
)


def _damped(matrix, change):
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return matrix + (vectors * (change(values) - values)) @ vectors.T


def _without_swirl(V):
    return _damped((V + V.T) / 2, lambda v: np.maximum(v, 0))


def _by_singular_values(V):
    U, s, Wt = np.linalg.svd(V)
    return Wt.T * s @ Wt


def _draw_V(rng):
    return [(np.diag([1.0, -1.0]),), *((rng.normal(size=(d, d)) - 0.4 * np.eye(d),) for d in (2, 3, 3))]


FALL = Function(
    right=lambda V: _damped(V, lambda v: np.maximum(v, 0)),
    wrong={
        "antisymmetric part thrown away": (
            _without_swirl,
            "Nothing falls with this V, but more was changed than had to be. Does the part that drives tokens round ever drive them down?",
        ),
        "falls turned into climbs": (
            lambda V: _damped(V, np.abs),
            "Nothing falls with this V, but it is twice as far from the old one as it need be.",
        ),
        "singular values for eigenvalues": (
            _by_singular_values,
            "Singular values are never negative, whichever way a matrix leads. They cannot tell up from down.",
        ),
        "everything lifted alike": (
            lambda V: _damped(V, lambda v: v - min(0, v.min())),
            "The same number is added in all directions here. Most of them led up already.",
        ),
        "nothing repaired": (lambda V: V, "This is the V that was given."),
        "V = I for all": (lambda V: np.eye(len(V)), "Nothing falls, and nothing is left of the old V either."),
    },
    cases=_draw_V,
)


CIRCLES = 16  # on which a rule is tried
# Over as many circles random orders end in 7.9 clusters, give or take 0.3 (forty draws of an order for each).
FEW, MANY = 7.3, 8.8


def _clusters(angles, orders):
    """In how many clusters the tokens at angles (c, 40), in orders (c, 40), end at time 50, (c,)."""
    angles = np.take_along_axis(angles, orders, axis=1)
    circles = np.stack([np.cos(angles), np.sin(angles)], axis=-1)  # (c, 40, 2)
    end = circles
    for _ in range(10):  # in parts, as all states of 500 steps need not be kept
        end = td.trajectories(end, [(I, I, I)] * 50, step=0.1, norm="sphere", scale=64, causal=True, include_self=True)[-1]
    return np.array([int(geometry.clusters(each, cosine=np.cos(0.02))) for each in end])


def _two_orders(given):
    """Two orders as whole numbers (2, 40), or None where they name not each token once; Unreadable where they are no orders."""
    orders = [numbers(order) for order in items(given)]
    if len(orders) != 2 or any(order.shape != (40,) for order in orders):
        raise Unreadable(f"it gives shapes {[order.shape for order in orders][:4]}")
    if any((np.sort(order) != np.arange(40)).any() for order in orders):
        return None
    return np.array(orders).astype(int)


def _order():
    words = {
        "luck for a rule": "These are two orders for one circle, and of sixty random ones the best do as well. Hand in the rule that makes them "
        "from the angles.",
        "tokens changed, not their order": "An order names each of the 40 tokens once, from 0 to 39.",
        "few and many swapped": "The first of your orders ends in more clusters than the second.",
        "the order does not matter": "Both orders end in about as many clusters. Under a causal mask the first tokens see little and are seen "
        "by all.",
        "no better than chance": "Over many circles random orders do about as well at one end. Which tokens should come first, and how far "
        "apart should they be?",
    }

    def find(answer):
        if not callable(answer):
            _two_orders(answer)
            return "luck for a rule"
        angles = np.random.default_rng(1).uniform(0, 2 * np.pi, (CIRCLES, 40))
        given = [answer(angle.copy()) for angle in angles]
        if all(each is None for each in given):
            raise Unanswered
        orders = [_two_orders(each) for each in given]
        if any(each is None for each in orders):
            return "tokens changed, not their order"
        few, many = (_clusters(angles, np.array(orders)[:, k]).mean() for k in (0, 1))
        if few <= FEW and many >= MANY:
            return Finding(RIGHT, f"On {CIRCLES} other circles your orders end in {few:.1f} and in {many:.1f} clusters on average.")
        if few > many + 0.5:
            return "few and many swapped"
        return "the order does not matter" if many <= few + 0.5 else "no better than chance"

    return Custom(find, words)


FREE_FALL = Function(
    right=lambda s, first, second: second + s**2 / 2 * first,
    wrong={
        "motion without inertia": (
            lambda s, first, second: second + s * first,
            "This is the path by (14), where a token has a speed and no memory of it. With inertia it starts at rest.",
        ),
        "the half forgotten": (
            lambda s, first, second: second + s**2 * first,
            "Speed grows from nothing; on average it is less than at the end.",
        ),
        "towards instead of by": (
            lambda s, first, second: second + s**2 / 2 * (first - second),
            "The pull does not point from the second token to the first.",
        ),
        "the pull depends on the score": (
            lambda s, first, second: second + s**2 / 2 * (first @ second) * first,
            "A softmax over one token has only one value, whatever the score.",
        ),
        "thrown backwards": (lambda s, first, second: second - s**2 / 2 * first, "V = I leads along the mean, not against it."),
    },
    cases=lambda rng: [(s, *rng.normal(size=(2, d))) for s, d in ((0.5, 2), (2.0, 3), (1.3, 2))],
)


def _rk4(f, x, h, *, half=0.5, last=1.0, weights=(1, 2, 2, 1), chained=True, scaled=True):
    k1 = f(x)
    k2 = f(x + half * h * k1)
    k3 = f(x + half * h * (k2 if chained else k1))
    k4 = f(x + last * h * (k3 if chained else k1))
    mean = sum(w * k for w, k in zip(weights, (k1, k2, k3, k4))) / sum(weights)
    return x + (h if scaled else 1) * mean


def _fields(rng):
    A = rng.normal(size=(3, 3))
    return [
        (np.sin, rng.normal(size=4), 0.6),
        (lambda x: np.tanh(A @ x) - 0.2 * x**2, rng.normal(size=3), 0.5),
        (lambda x: x * (1 - x), np.array([0.2, 1.7]), 0.8),
    ]


def _of_order_four(step):
    """Whether a method's error at the end of a fixed time falls with the fourth power of the step, or faster."""
    for f, x, time in _fields(np.random.default_rng(0)):
        exact = _walk(_rk4, f, x, time, 512)
        coarse, fine = (float(np.linalg.norm(_walk(step, f, x, time, steps) - exact)) for steps in (8, 32))
        if not 2**7 * max(fine, 1e-14) <= coarse:  # order 3 gives 2⁶, order 4 gives 2⁸; of rounding nothing can be said
            return False
    return True


def _walk(step, f, x, time, steps):
    for _ in range(steps):
        x = np.asarray(step(f, x, time / steps), dtype=float)
    return x


STEP = Function(
    right=_rk4,
    wrong={
        "Euler taken for RK4": (
            lambda f, x, h: x + h * f(x),
            "However often the slope is asked, it is asked where the step starts. So this is a step of Euler's.",
        ),
        "midpoint taken for RK4": (lambda f, x, h: x + h * f(x + h / 2 * f(x)), "Two slopes instead of four: a method of order 2."),
        "all slopes weigh alike": (
            lambda f, x, h: _rk4(f, x, h, weights=(1, 1, 1, 1)),
            "The slopes in the middle of the step count more than those at its ends.",
        ),
        "half steps forgotten": (
            lambda f, x, h: _rk4(f, x, h, half=1.0),
            "The second and the third slope are asked halfway through the step.",
        ),
        "the last slope halfway": (lambda f, x, h: _rk4(f, x, h, last=0.5), "The fourth slope is asked at the end of the step."),
        "slopes not passed on": (
            lambda f, x, h: _rk4(f, x, h, chained=False),
            "Each slope is asked where the one *before it* leads. Yours all go by the first.",
        ),
        "the step forgotten at the end": (
            lambda f, x, h: _rk4(f, x, h, scaled=False),
            "The mean slope is added as it is, whatever the length of the step.",
        ),
    },
    cases=_fields,
    tolerance=1e-7,
    as_good=_of_order_four,
)

ORDER = Choice(
    "You halve Euler's step and take twice as many to reach the same time. What becomes of the error at the end?",
    (
        ("It is halved.", RIGHT, "Each step errs by a quarter as much, and there are twice as many of them."),
        (
            "It falls to a quarter.",
            "order read off a single step",
            "So it does in one step. But there are twice as many steps now, and their errors add up.",
        ),
        ("It falls to a sixteenth.", "Euler taken for RK4", "That is what four well placed slopes a step would buy. Euler asks for one."),
        (
            "It stays: the stack has its own step.",
            "step taken for depth",
            "A layer of a transformer cannot be halved. The method can, and then it comes nearer to the flow.",
        ),
    ),
)

EXERCISES = (
    Exercise.asked("3.0", "Half the step", ORDER),
    Exercise(
        "3.1",
        "One better step",
        15,
        "numpy",
        "two shares of the way, not per cent, to three decimals: how far Runge–Kutta with 8 steps ends from the flow, and how far Euler with 32",
        METHODS,
    ),
    Exercise(
        "3.2",
        "Climb backwards",
        15,
        "numpy",
        "two cosines, to two decimals: of any two of the three tokens, and of any two of the four",
        SPREAD,
    ),
    Exercise("3.3", "Repair the fall", 20, "numpy", "a function of V (d, d) that returns the repaired V, for Q = K = I", FALL),
    Exercise(
        "3.4",
        "A leader on order",
        30,
        "numpy",
        "a function of 40 angles that returns two orders, each the numbers 0 to 39: one for few clusters, one for many",
        _order(),
    ),
    Exercise(
        "3.5",
        "Free fall",
        10,
        "hand",
        "a function of the time s and of the places of the two tokens, (d,) each, that returns where the second one is",
        FREE_FALL,
    ),
    Exercise(
        "3.6",
        "Four slopes",
        15,
        "numpy",
        "a function of f, x and h that takes one Runge–Kutta step: f gives the slope at a place, x is where the step starts, h its length",
        STEP,
    ),
)
