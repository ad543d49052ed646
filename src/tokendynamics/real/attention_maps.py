"""Where the real model's heads look in each sentence, small enough for a page: whole per cent, packed into one line of text.

The page unpacks the same in JavaScript, `widgets/real_trajectories/attention_maps.js`.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable

import numpy as np

from .. import _checks


def pack(attentions):
    """{"layers", "heads", "percent"} for a list of weights (L, H, n, n), one a sentence; n may differ.

    "percent" is base64 of zlib's compression of one byte a weight: sentence after sentence, in the order of the axes. A
    weight is off by 0.005 at most, so a row need not add up to 100 any more. ValueError for no sentence, or shares outside 0 to 1.
    """
    if not isinstance(attentions, (list, tuple)) or not attentions:
        raise ValueError("attentions must hold the weights of at least one sentence; got none")
    for weights in attentions:
        weights = _checks.array("attentions", weights, ndim_min=4, shape="(L, H, n, n)")
        if not (weights.ndim == 4 and (weights >= 0).all() and (weights <= 1).all()):
            raise ValueError(f"attentions must be shares from 0 to 1 of shape (L, H, n, n); got shape {weights.shape}")
    attentions = [np.asarray(weights) for weights in attentions]
    raw = b"".join(np.rint(100 * weights).astype(np.uint8).tobytes() for weights in attentions)
    layers, heads = attentions[0].shape[:2]
    return {"layers": layers, "heads": heads, "percent": base64.b64encode(zlib.compress(raw, 9)).decode()}


def unpack(packed, sizes):
    """The weights (L, H, n, n) of sentences with `sizes` tokens each, in hundredths. ValueError where they do not fit or are damaged."""
    if not isinstance(packed, dict) or not {"layers", "heads", "percent"} <= packed.keys():
        raise ValueError(f"packed must be what pack returns; got {type(packed).__name__}")
    if isinstance(sizes, (str, bytes)) or not isinstance(sizes, Iterable):
        raise ValueError(f"sizes must be whole numbers, the tokens of each sentence; got {sizes!r:.60}")
    shapes = [(packed["layers"], packed["heads"], *[_checks.whole("sizes", n, minimum=1)] * 2) for n in sizes]
    try:
        raw = zlib.decompress(base64.b64decode(packed["percent"], validate=True))
    except (binascii.Error, zlib.error):
        raise ValueError("attention is damaged: its text does not unpack") from None
    if len(raw) != sum(map(np.prod, shapes)):
        raise ValueError(f"attention is damaged: {len(raw)} weights came, {sum(map(np.prod, shapes))} are needed")
    cuts = np.cumsum([np.prod(shape) for shape in shapes])[:-1]
    return [part.reshape(shape) / 100 for part, shape in zip(np.split(np.frombuffer(raw, np.uint8), cuts), shapes)]
