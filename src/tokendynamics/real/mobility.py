"""M in a real model, head by head: how much of what a head does can a lookup M(QᵀK) explain?

Two readings of "explain", and each has its control.
On paper  : 1 − ‖V − M QᵀK‖²/‖V‖², the share of V's squared length. The pseudo-inverse is the best M by this measure.
On tokens : the share of variance of the contents V T a that the forces QᵀK T a predict, on a word that the fit has not
            seen, each word's sentences held out in turn: for M by pseudo-inverse, and for an M fitted by least squares
            under a ridge, from the K T a that the forces are made of.

`shipped()` is the table that comes with the package; `python -m tokendynamics.real.mobility --out real_mobility.json` makes it again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import _checks, _data
from .._typing import Array, ArrayLike
from ..knowledge import entries, knowledge, knowledge_residual
from . import minilm, senses
from .parts import renormalised

WITHOUT_FIRST = ("pseudo_inverse", "fitted", "fitted_random", "fitted_best")  # what is measured again with [CLS] deleted
RIDGE = 0.1  # of the forces' mean variance a direction: without it 33 numbers fitted to 500 tokens fit their noise


def shipped() -> dict[str, Any]:
    """The table as {column: (layers, heads) array}, columns as `table` gives them, and its provenance under "about"."""
    table = _data.read("real_mobility.json")
    return {name: value if name == "about" else np.array(value) for name, value in table.items()}


@np.errstate(all="ignore")  # said in words at the end
def measure(Q: ArrayLike, K: ArrayLike, V: ArrayLike, groups: Sequence[ArrayLike], rng: np.random.Generator) -> dict[str, float]:
    """One head, a dict of numbers.

    rank, condition : of QᵀK, and σ₁/σᵣ within that rank
    residual        : ‖V − M QᵀK‖ / ‖V‖ (13);  residual_random : the same with Gaussian matrices for Q and K
    pseudo_inverse, fitted : variance of an unseen group's contents that its forces explain, through M or through a fitted M
    fitted_random   : fitted, with a Gaussian matrix for K;   fitted_shuffled : fitted to forces dealt to the wrong tokens
    fitted_best     : fitted, with as many principal directions of the mean tokens for K

    Parameters
    ----------
    Q, K : (d_head, d) array
    V : (d, d) array
    groups : two or more (n, d) arrays
        Mean tokens T a.
    rng : numpy.random.Generator

    Returns
    -------
    dict of numbers
    """
    Q, K = _checks.query_key(_checks.shaped("Q", Q, None, None), _checks.shaped("K", K, None, None), None)
    V, tokens = _checks.shaped("V", V, Q.shape[1], Q.shape[1]), _groups(groups, Q.shape[1])
    _checks.generator("rng", rng)
    found = entries(Q, K, V)
    rank = int((found.loudness > 0).sum())
    if not rank:
        raise ValueError("Q and K must give an index QᵀK that is not 0")
    Q_random, K_random = rng.standard_normal((2, *K.shape))
    everything = np.concatenate(tokens)
    principal = np.linalg.svd(everything - everything.mean(axis=0), full_matrices=False)[2][: len(K)]
    shuffled = np.split(rng.permutation(everything), np.cumsum([len(m) for m in tokens])[:-1])
    contents = [m @ V.T for m in tokens]
    through = knowledge(Q, K, V) @ Q.T @ K

    def fitted(read, tokens=tokens):  # QᵀK m says what K m says, where Q has full row rank; under a ridge not in the same measure
        return _explained(contents, least_squares, [m @ read.T for m in tokens])

    measured = {
        "rank": rank,
        "condition": float(found.sigma[0] / found.sigma[rank - 1]),
        "residual": float(knowledge_residual(Q, K, V)),
        "residual_random": float(knowledge_residual(Q_random, K_random, V)),
        "pseudo_inverse": _explained(contents, lambda f, c: np.eye(len(through)), [m @ through.T for m in tokens]),
        "fitted": fitted(K),
        "fitted_random": fitted(K_random),
        "fitted_shuffled": fitted(K, shuffled),
        "fitted_best": fitted(principal),
    }
    for name, value in measured.items():
        if not np.isfinite(value):
            raise ValueError(f"{name} cannot be measured: contents are all alike, or past what squares hold")
    return measured


def _groups(groups: object, d: int) -> list[Array]:
    if not isinstance(groups, (list, tuple)) or len(groups) < 2:
        raise ValueError(f"groups must be a list of two or more arrays of shape (n, {d}); got {groups!r:.60}")
    return [_checks.shaped("groups", group, None, d) for group in groups]


def mean_tokens(model: minilm.Model, sentences: Iterable[str], *, first: bool = True) -> Array:
    """T a for every token of the sentences, by layer and head: (L, H, tokens, d + 1), float64.

    Without `first`, of all tokens but the first, whose attention is shared among the others.
    """
    rows = []
    for sentence in sentences:
        states, attentions = model.forward(sentence)
        if not first:
            states, attentions = states[:, 1:], renormalised(attentions, 0)[..., 1:, 1:]
        rows.append(attentions @ minilm.with_constant(states[:-1])[:, None])  # (L, H, n, d + 1)
    return np.concatenate(rows, axis=2).astype(np.float64)


def table(
    model: minilm.Model, rows: Sequence[tuple[str, str, str]], layers: Iterable[int] = range(6), heads: Sequence[int] = range(12)
) -> dict[str, list[list[float]]]:
    """`measure` for the heads asked for, as {column: list of lists}. `rows` are (word, sense, sentence), a group a word.
    Head h of layer l draws its random matrices from `default_rng((l, h))`. Columns of WITHOUT_FIRST are there twice, the second time,
    named "…_without_first", for sentences whose first token is deleted."""
    words = [[sentence for other, _, sentence in rows if other == word] for word in dict.fromkeys(word for word, _, _ in rows)]
    whole, without = ([mean_tokens(model, sentences, first=first) for sentences in words] for first in (True, False))
    found = []
    for layer in layers:
        Q, K, V = (a.astype(np.float64) for a in minilm.heads(model.weights, layer, model.n_heads))

        def measured(h, groups):
            return measure(Q[h], K[h], V[h], [g[layer, h] for g in groups], np.random.default_rng((layer, h)))

        again = [measured(h, without) for h in heads]
        found.append([
            measured(h, whole) | {f"{name}_without_first": other[name] for name in WITHOUT_FIRST} for h, other in zip(heads, again)
        ])  # fmt: skip
    return {name: [[head[name] for head in layer] for layer in found] for name in found[0][0]}


def _explained(contents, fit, forces):
    """1 − error/variance over all groups, each predicted from the others: by their `fit` and their means."""
    error = spread = 0.0
    for i, (c, f) in enumerate(zip(contents, forces)):
        c_seen, f_seen = (np.concatenate([g for j, g in enumerate(groups) if j != i]) for groups in (contents, forces))
        c_mean, f_mean = c_seen.mean(axis=0), f_seen.mean(axis=0)
        error += ((c - c_mean - (f - f_mean) @ fit(f_seen - f_mean, c_seen - c_mean)) ** 2).sum()
        spread += ((c - c_mean) ** 2).sum()
    return float(1 - np.divide(error, spread))


@np.errstate(all="ignore")  # said in words by finite
def least_squares(forces: ArrayLike, contents: ArrayLike) -> Array:
    """The matrix from forces (n, f) to contents (n, c) with the least squared error, (f, c), under the ridge of RIDGE."""
    forces = _checks.shaped("forces", forces, None, None)
    contents = _checks.shaped("contents", contents, len(forces), None)
    square = forces.T @ forces
    ridge = RIDGE * np.trace(square) / len(square) * np.eye(len(square))
    if not np.isfinite(square).all() or not ridge.any():
        raise ValueError(f"forces must not be 0, nor past what squares in {square.dtype} hold; got up to {np.abs(forces).max():g}")
    return _checks.finite(np.linalg.solve(square + ridge, forces.T @ contents), "forces and contents give a fit")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every head of the model."""
    options = _data.parser("real.mobility", "Measure every head of the model.").parse_args(arguments)
    rows = senses.read_sentences()
    measured = table(minilm.load(options.weights, packed=False), rows)
    about = _data.about(
        what="M in every head of a real model; see tokendynamics.real.mobility",
        command=f"python -m tokendynamics.real.mobility --out {options.out.name}",
        model=minilm.CARD,
        sentences=f"two_senses.tsv, {len(rows)} sentences, each word held out in turn, ridge {RIDGE:g}",
    )
    _data.write(options.out, {"about": about} | _data.rounded(measured), f"{np.size(measured['rank'])} heads")


if __name__ == "__main__":
    _data.command(main)
