"""Where the real model's heads look in each sentence, small enough for a page: whole per cent, packed into one line of text.

The page unpacks the same in JavaScript, `widgets/real_trajectories/attention_maps.js`.
"""

import base64
import math
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .. import _checks
from .._typing import Array, ArrayLike


def pack(attentions: Sequence[ArrayLike]) -> dict[str, Any]:
    """{"layers", "heads", "percent"} for a list of weights (L, H, n, n), one a sentence; n may differ.

    "percent" is base64 of zlib's compression of one byte a weight: sentence after sentence, in the order of the axes. A
    weight is off by 0.005 at most, so a row need not add up to 100 any more. ValueError for no sentence, shares outside 0 to 1, or
    sentences of different layers or heads.
    """
    if not isinstance(attentions, (list, tuple)) or not attentions:
        raise ValueError("attentions must hold the weights of at least one sentence; got none")
    shares = [_checks.array("attentions", weights, ndim_min=4, shape="(L, H, n, n)") for weights in attentions]
    layers, heads = shares[0].shape[:2]
    for weights in shares:
        if weights.shape != (layers, heads, *weights.shape[-1:] * 2) or not ((weights >= 0) & (weights <= 1)).all():
            raise ValueError(f"attentions must be shares from 0 to 1 of shape ({layers}, {heads}, n, n); got shape {weights.shape}")
    raw = b"".join(np.rint(100 * weights).astype(np.uint8).tobytes() for weights in shares)
    return {"layers": layers, "heads": heads, "percent": base64.b64encode(zlib.compress(raw, 9)).decode()}


def unpack(packed: dict[str, Any], sizes: Iterable[int]) -> list[Array]:
    """The weights (L, H, n, n) of sentences with `sizes` tokens each, in hundredths. ValueError where they do not fit or are damaged."""
    _checks.mapping("packed", packed, "what pack returns,", ("layers", "heads", "percent"))
    if isinstance(sizes, (str, bytes)) or not isinstance(sizes, Iterable):
        raise ValueError(f"sizes must be whole numbers, the tokens of each sentence; got {sizes!r:.60}")
    layers, heads = (_checks.count(name, packed[name], minimum=1) for name in ("layers", "heads"))
    shapes = [(layers, heads, *[_checks.count("sizes", n, minimum=1)] * 2) for n in sizes]
    needed = [math.prod(shape) for shape in shapes]
    try:
        raw = zlib.decompress(base64.b64decode(packed["percent"], validate=True))
    except (TypeError, ValueError, zlib.error):  # no text, or text that is not base64 of such
        raise ValueError("attention is damaged: its text does not unpack") from None
    if len(raw) != sum(needed):
        raise ValueError(f"attention is damaged: {len(raw)} weights came, {sum(needed)} are needed")
    cuts = np.cumsum(needed)[:-1]
    return [part.reshape(shape) / 100 for part, shape in zip(np.split(np.frombuffer(raw, np.uint8), cuts), shapes)]
