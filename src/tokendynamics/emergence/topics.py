"""The article's comparison run for real: a topic model that finds, or fails to find, the topics its documents were made from.

Documents are made as latent Dirichlet allocation says (Blei, Ng and Jordan 2003): a topic is a distribution over words, a document a mixture
of topics, a word a draw from one topic of the mixture. Then scikit-learn's LDA reads the documents, and what it found is set
beside what was there: found topics × true topics, like heads × roles. Needs scikit-learn (the extra `sweeps`).
"""

import hashlib
from typing import Any

import numpy as np

from .. import _checks
from .._typing import Array, Integers
from .specialisation import filled, specialisation


def documents(rng: np.random.Generator, count: int, *, topics: int = 4, words: int = 64, length: int = 50) -> tuple[Integers, Array]:
    """Counts of words, (count, W), and the true topics, (R, W). Mixtures are Dirichlet(0.3), topics Dirichlet(0.1)."""
    true = rng.dirichlet(np.full(words, 0.1), size=topics)
    mixtures = rng.dirichlet(np.full(topics, 0.3), size=count)
    return np.array([rng.multinomial(length, shares) for shares in mixtures @ true]), true


def found_by_true(found: Array, true: Array) -> Array:
    """(H, R): of the words of each found topic (H, W), the share owed to each true topic (R, W) by Bayes' rule. Rows add to 1."""
    owed = true / true.sum(axis=0)  # p(topic | word), all topics alike beforehand
    return found @ owed.T


def train(*, found: int = 4, topics: int = 4, words: int = 64, length: int = 50, count: int = 128, seed: int = 0) -> dict[str, Any]:
    """Fit LDA with `found` topics to `count` documents; {matrix, specialisation, filled, digest}. Bad input raises ValueError."""
    from sklearn.decomposition import LatentDirichletAllocation

    _checks.sizes(found=found, topics=topics, words=words, length=length, count=count)
    counts, true = documents(np.random.default_rng(seed), count, topics=topics, words=words, length=length)
    model = LatentDirichletAllocation(found, max_iter=100, doc_topic_prior=0.3, topic_word_prior=0.1, random_state=seed)
    components = model.fit(counts).components_
    matrix = found_by_true(components / components.sum(axis=1, keepdims=True), true)
    return {
        "matrix": matrix.round(3).tolist(),
        "specialisation": round(float(specialisation(matrix)), 4),
        "filled": int(filled(matrix)),
        "digest": hashlib.sha256(components.tobytes()).hexdigest()[:12],
    }
