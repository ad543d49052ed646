"""What is asked of the dict that `senses.journeys` returns: a word's entry, the cosines of one token, numbers of sentences."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from .. import _checks
from .._typing import Array


def entry_of(data: Mapping[str, Any], word: str) -> dict[str, Any]:
    """What `data` holds of a word; ValueError for another dict or another word."""
    words = _checks.mapping("data", data, "what journeys returns,", ("words", "sentences"))["words"]
    if not isinstance(word, str) or word not in words:
        raise ValueError(f"word must be one of {', '.join(words)}; got {word!r:.60}")
    return words[word]


def cosines_of(entry: dict[str, Any], token: str) -> Array:
    """The cosines that a word's entry keeps of one `token`, (L + 1, pairs)."""
    if not isinstance(token, str) or token not in entry["cosines"]:
        raise ValueError(f"token must be one of {', '.join(entry['cosines'])}; got {token!r:.60}")
    return np.array(entry["cosines"][token])


def numbers_of(data: Mapping[str, Any], shown: Collection[int] | None) -> Collection[int] | None:
    """`shown`, where it is None or holds numbers of sentences."""
    if shown is None:
        return None
    if isinstance(shown, (str, bytes)) or not isinstance(shown, Collection):
        raise ValueError(f"shown must be None or numbers of sentences; got {shown!r:.60}")
    return [_checks.index("shown", number, len(data["sentences"]), "sentences") for number in shown]
