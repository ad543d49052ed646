"""M in a real model, head by head: how much of what a head does can a lookup M(QᵀK) explain?

Two readings of "explain", and each has its control.
On paper  : 1 − ‖V − M QᵀK‖²/‖V‖², the share of V's squared length. The pseudo-inverse is the best M by this measure.
On tokens : the share of variance of the contents V T a that the forces QᵀK T a predict, on a word that the fit has not
            seen, each word's sentences held out in turn: for M by pseudo-inverse, and for an M fitted by least squares.

`shipped()` is the table that comes with the package; `python -m tokendynamics.real.mobility --out heads.json` makes it again.
"""

import numpy as np

from .. import _data
from ..knowledge import entries, knowledge, knowledge_residual
from . import minilm, senses

RIDGE = 0.1  # of the forces' mean variance a direction: without it 33 numbers fitted to 500 tokens fit their noise


def shipped():
    """The table as {column: (layers, heads) array}, columns as in `measure`, and its provenance under "about"."""
    table = _data.read("heads.json")
    return {name: value if name == "about" else np.array(value) for name, value in table.items()}


def measure(Q, K, V, groups, rng):
    """One head, a dict of numbers. Q, K are (d_head, d), V is (d, d); `groups` are lists of mean tokens T a, rows (n, d).

    rank, condition : of QᵀK, and σ₁/σᵣ within that rank
    residual        : ‖V − M QᵀK‖ / ‖V‖ (13);  residual_random : the same with Gaussian matrices for Q and K
    pseudo_inverse, fitted : variance of an unseen group's contents that its forces explain, through M or through a fitted M
    fitted_random   : fitted, with a Gaussian matrix for K;   fitted_shuffled : fitted to forces dealt to the wrong tokens
    fitted_best     : fitted, with as many principal directions of the mean tokens for K
    """
    found = entries(Q, K, V)
    rank = int((found.loudness > 0).sum())
    Q_random, K_random = rng.standard_normal((2, *K.shape))
    everything = np.concatenate(groups)
    principal = np.linalg.svd(everything - everything.mean(axis=0), full_matrices=False)[2][: len(K)]
    shuffled = np.split(rng.permutation(everything), np.cumsum([len(m) for m in groups])[:-1])
    contents = [m @ V.T for m in groups]
    through = knowledge(Q, K, V) @ Q.T @ K

    def fitted(read, tokens=groups):  # QᵀK m and K m tell the same, where Q has full row rank
        return _explained(contents, least_squares, [m @ read.T for m in tokens])

    return {
        "rank": rank,
        "condition": float(found.sigma[0] / found.sigma[rank - 1]),
        "residual": float(knowledge_residual(Q, K, V)),
        "residual_random": float(knowledge_residual(Q_random, K_random, V)),
        "pseudo_inverse": _explained(contents, lambda f, c: np.eye(len(through)), [m @ through.T for m in groups]),
        "fitted": fitted(K),
        "fitted_random": fitted(K_random),
        "fitted_shuffled": fitted(K, shuffled),
        "fitted_best": fitted(principal),
    }


def mean_tokens(model, sentences):
    """T a for every token of the sentences, by layer and head: (L, H, tokens, d + 1), float64."""
    rows = []
    for sentence in sentences:
        states = minilm.with_constant(model.hidden_states(sentence)[:-1].reshape(-1, 384)).reshape(6, -1, 385)
        rows.append(model.attentions(sentence) @ states[:, None])
    return np.concatenate(rows, axis=2).astype(np.float64)


def table(model, rows, layers=range(6), heads=range(12)):
    """`measure` for the heads asked for, as {column: list of lists}. `rows` are (word, sense, sentence), a group a word.
    Head h of layer l draws its random matrices from `default_rng((l, h))`."""
    words = dict.fromkeys(word for word, _, _ in rows)
    groups = [mean_tokens(model, [sentence for other, _, sentence in rows if other == word]) for word in words]
    found = []
    for layer in layers:
        Q, K, V = (a.astype(np.float64) for a in minilm.heads(model.weights, layer, model.n_heads))
        found.append([measure(Q[h], K[h], V[h], [g[layer, h] for g in groups], np.random.default_rng((layer, h))) for h in heads])
    return {name: [[head[name] for head in layer] for layer in found] for name in found[0][0]}


def _explained(contents, fit, forces):
    """1 − error/variance over all groups, each predicted from the others: by their `fit` and their means."""
    error = spread = 0
    for i, (c, f) in enumerate(zip(contents, forces)):
        c_seen, f_seen = (np.concatenate([g for j, g in enumerate(groups) if j != i]) for groups in (contents, forces))
        c_mean, f_mean = c_seen.mean(axis=0), f_seen.mean(axis=0)
        error += ((c - c_mean - (f - f_mean) @ fit(f_seen - f_mean, c_seen - c_mean)) ** 2).sum()
        spread += ((c - c_mean) ** 2).sum()
    return float(1 - error / spread)


def least_squares(forces, contents):
    square = forces.T @ forces
    return np.linalg.solve(square + RIDGE * np.trace(square) / len(square) * np.eye(len(square)), forces.T @ contents)


def main(arguments=None):
    """Measure every head of the model."""
    options = _data.parser("real.mobility", main.__doc__).parse_args(arguments)
    rows = senses.read_sentences()
    measured = table(minilm.load(options.weights), rows)
    about = _data.about(
        what="M in every head of a real model; see tokendynamics.real.mobility",
        command=f"python -m tokendynamics.real.mobility --out {options.out.name}",
        model=minilm.CARD,
        sentences=f"two_senses.tsv, {len(rows)} sentences, each word held out in turn, ridge {RIDGE:g}",
    )
    _data.write(options.out, {"about": about} | _data.rounded(measured), f"{np.size(measured['rank'])} heads")


if __name__ == "__main__":
    main()
