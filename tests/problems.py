"""Random problems for the laws, and the laws' other side: slow, independent, one number at a time.

Hypothesis draws sizes, options and a seed; numpy draws the entries. So a failure shrinks to few tokens in few
dimensions, while the numbers stay generic, and tolerances can be argued for.
"""

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

SCALES = (1.0, 0.25, -0.7, 3.0)


@dataclass
class Problem:
    tokens: np.ndarray
    Q: np.ndarray
    K: np.ndarray
    V: np.ndarray
    options: dict  # include_self, causal, scale
    rng: np.random.Generator

    @property
    def qk(self):
        return self.tokens, self.Q, self.K

    @property
    def qkv(self):
        return self.tokens, self.Q, self.K, self.V

    @property
    def pull_size(self):
        """The size of scale QᵀK tₖ, that of any force here: absolute errors are measured against it."""
        matrices = np.linalg.norm(self.Q, axis=(-2, -1)).max() * np.linalg.norm(self.K, axis=(-2, -1)).max()
        return abs(self.options["scale"]) * matrices * np.linalg.norm(self.tokens, axis=-1).max()


@st.composite
def problems(draw, *, n_min=1, n_max=12, d_max=8, batched=False, dtype=np.float64, options=None):
    """A `Problem`; `batched` gives every array leading axes of its own that broadcast."""
    n, d, d_head = draw(st.integers(n_min, n_max)), draw(st.integers(1, d_max)), draw(st.integers(1, d_max))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    leading = [()] * 4
    if batched:
        full = draw(st.sampled_from([(2,), (3, 2)]))
        fewer = st.sampled_from([full, full[1:], (1,) * len(full), ()])
        leading = [draw(fewer) for _ in range(3)] + [full]
        leading = draw(st.permutations(leading))

    def entries(lead, rows, columns, size):
        return (size * rng.standard_normal((*lead, rows, columns))).astype(dtype)

    return Problem(
        tokens=entries(leading[0], n, d, 1.0),
        Q=entries(leading[1], d_head, d, d_head**-0.25 * d**-0.25),
        K=entries(leading[2], d_head, d, d_head**-0.25 * d**-0.25),
        V=entries(leading[3], d, d, d**-0.5),
        options=options
        or {
            "include_self": draw(st.booleans()),
            "causal": draw(st.booleans()),
            "scale": draw(st.sampled_from(SCALES)),
        },
        rng=rng,
    )


def attend_by_hand(tokens, Q, K, *, include_self=False, causal=False, scale=1.0):
    """Weights (n × n) and potentials (n) of one plain problem, by Python's floats and exact sums."""
    tokens, Q, K = (np.asarray(a, dtype=float).tolist() for a in (tokens, Q, K))
    n = len(tokens)
    weights, potentials = [[0.0] * n for _ in range(n)], [-math.inf] * n
    for i in range(n):
        seen = [k for k in range(n) if (k < i or (k > i and not causal) or (k == i and include_self))]
        scores = {k: scale * _dot(_apply(Q, tokens[i]), _apply(K, tokens[k])) for k in seen}
        if not seen:
            continue
        peak = max(scores.values())
        total = math.fsum(math.exp(s - peak) for s in scores.values())
        potentials[i] = peak + math.log(total)
        for k in seen:
            weights[i][k] = math.exp(scores[k] - peak) / total
    return np.array(weights), np.array(potentials)


def landscape_gradient(x, tokens, Q, K, scale):
    """∇φ(x) of φ(x) = ln Σₖ exp(scale Qx·Ktₖ) by complex steps: exact to rounding, no formula for the gradient."""
    step = 1e-30  # nothing is subtracted, so it may be as small as we like
    gradient = np.empty(len(x))
    for axis in range(len(x)):
        moved = x.astype(complex)
        moved[axis] += 1j * step
        scores = scale * (tokens @ K.T) @ (Q @ moved)
        peak = scores.real.max()
        gradient[axis] = np.log(np.exp(scores - peak).sum()).imag / step
    return gradient


def richardson(f, x, h):
    """∇f(x) by central differences at h, h/2 and h/4, extrapolated twice; the error left is of order h⁶."""
    gradient = np.empty(len(x))
    for axis, direction in enumerate(np.eye(len(x))):
        table = [(f(x + s * direction) - f(x - s * direction)) / (2 * s) for s in (h, h / 2, h / 4)]
        table = [(4 * finer - coarser) / 3 for coarser, finer in zip(table, table[1:])]
        gradient[axis] = (16 * table[1] - table[0]) / 15
    return gradient


def invertible(rng, d, d_head, *, least=0.5, most=2.0):
    """Q and K of shape (d_head, d), d_head ≥ d, whose QᵀK has singular values between `least` and `most`."""
    Q = rotation(rng, d_head)[:, :d] * rng.uniform(least, most, d) @ rotation(rng, d)
    index = rotation(rng, d) * rng.uniform(least, most, d) @ rotation(rng, d)
    return Q, np.linalg.pinv(Q).T @ index


def rotation(rng, d):
    """A random orthogonal matrix, evenly spread."""
    q, r = np.linalg.qr(rng.standard_normal((d, d)))
    return q * np.sign(np.diag(r))


def _apply(matrix, vector):
    return [_dot(row, vector) for row in matrix]


def _dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b, strict=True))
