"""The article's comparison run for real: a topic model that finds, or fails to find, the topics its documents were made from.

Documents are made as latent Dirichlet allocation says (Blei, Ng and Jordan 2003): a topic is a distribution over words, a document a mixture
of topics, a word a draw from one topic of the mixture. Then scikit-learn's LDA reads the documents, and what it found is set
beside what was there: found topics × true topics, like heads × roles. Needs scikit-learn (the extra `sweeps`).
Bad input raises ValueError.
"""

import hashlib
from typing import Any, NamedTuple

import numpy as np

from .. import _checks, _data
from .._typing import Array, ArrayLike, Integers
from .specialisation import filled, specialisation


class Documents(NamedTuple):
    """n documents, and what they are made of."""

    counts: Integers  # (n, W) how often each word
    topics: Array  # (R, W) the true topics, distributions over words


def documents(rng: np.random.Generator, count: int, *, topics: int = 4, words: int = 64, length: int = 50) -> Documents:
    """`count` documents of so many words' `length`. Mixtures are Dirichlet(0.3), topics Dirichlet(0.1)."""
    rng = _checks.generator("rng", rng)
    _checks.sizes(count=count, topics=topics, words=words, length=length)
    true = rng.dirichlet(np.full(words, 0.1), size=topics)  # (R, W)
    mixtures = rng.dirichlet(np.full(topics, 0.3), size=count)  # (n, R)
    return Documents(np.array([rng.multinomial(length, shares) for shares in mixtures @ true]), true)


def found_by_true(found: ArrayLike, true: ArrayLike) -> Array:
    """How much of the words of each found topic is owed to each true topic, by Bayes' rule; rows add to 1.

    Parameters
    ----------
    found : (H, W) array
    true : (R, W) array
        Distributions over words, all topics alike beforehand; no word is in none of them.

    Returns
    -------
    (H, R) array
    """
    words, topics = _distributions("found", found), _distributions("true", true)  # (H, W), (R, W)
    if words.shape[1] != topics.shape[1]:
        raise ValueError(f"found must have as many words as true, (H, {topics.shape[1]}); got shape {words.shape}")
    total = topics.sum(axis=0)  # (W,)
    if (total[words.any(axis=0)] == 0).any():
        raise ValueError("true must give every word of found a share in some topic; got one that has none")
    owed = np.divide(topics, total, out=np.zeros_like(topics), where=total > 0)  # (R, W) p(topic | word)
    return words @ owed.T


def train(*, found: int = 4, topics: int = 4, words: int = 64, length: int = 50, count: int = 128, seed: int = 0) -> dict[str, Any]:
    """Fit latent Dirichlet allocation to made-up documents.

    Parameters
    ----------
    found, topics : int, default 4, 4
        How many topics it looks for, and how many there are.
    words, length, count : int, default 64, 50, 128
        Words there are, words a document, documents.
    seed : int, default 0

    Returns
    -------
    dict
        {matrix, specialisation, filled, digest}; matrix is found × true.
    """
    from sklearn.decomposition import LatentDirichletAllocation

    _checks.sizes(found=found, topics=topics, words=words, length=length, count=count)
    _checks.whole("seed", seed, maximum=2**32 - 1)
    counts, true = documents(np.random.default_rng(seed), count, topics=topics, words=words, length=length)
    model = LatentDirichletAllocation(found, max_iter=100, doc_topic_prior=0.3, topic_word_prior=0.1, random_state=seed)
    components = model.fit(counts).components_  # (H, W)
    matrix = found_by_true(components / components.sum(axis=1, keepdims=True), true)  # (H, R)
    return {
        "matrix": _data.rounded(matrix, 3),
        "specialisation": _data.rounded(specialisation(matrix)),
        "filled": int(filled(matrix)),
        "digest": hashlib.sha256(components.tobytes()).hexdigest()[:12],
    }


def _distributions(name, value):
    value = _checks.array(name, value, ndim_min=2, shape="(topics, W)")
    if value.ndim != 2 or (value < 0).any() or (np.abs(value.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError(f"{name} must be distributions over words, (topics, W), rows that add to 1; got shape {value.shape}")
    return value
