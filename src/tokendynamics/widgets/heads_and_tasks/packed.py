"""A model's parameters as one line of text for the page: names, shapes, numbers in base64, and a checksum of them.

The page unpacks the same in JavaScript, `packed.js`, and refuses numbers that do not match their checksum.
"""

import base64
import binascii
import math
import zlib
from typing import Any

import numpy as np

from ... import _checks
from ..._typing import Parameters


def pack(parameters: Parameters) -> dict[str, Any]:
    """Parameters as plain values, ready for JSON.

    Parameters
    ----------
    parameters : dict of arrays

    Returns
    -------
    dict
        {"arrays": [[name, shape], …], "dtype", "data", "crc32"}. Numbers go as float16 where that changes none of them, else as float32.

    Raises
    ------
    ValueError
        For a number that is not finite, or too large for float32.
    """
    arrays = {}
    for name, value in _checks.mapping("parameters", parameters, "arrays").items():
        arrays[name] = array = np.asarray(value, dtype=np.float64)
        good = np.abs(array) <= np.finfo(np.float32).max
        if not good.all():
            raise ValueError(f"parameters must be finite; got {good.size - good.sum()} that are not in {name!r}, as float32")
    with np.errstate(over="ignore"):
        half = all((value.astype(np.float16) == value).all() for value in arrays.values())
    dtype = "float16" if half else "float32"
    raw = b"".join(value.astype(np.dtype(dtype).newbyteorder("<")).tobytes() for value in arrays.values())
    return {
        "arrays": [[name, list(value.shape)] for name, value in arrays.items()],
        "dtype": dtype,
        "data": base64.b64encode(raw).decode(),
        "crc32": zlib.crc32(raw),
    }


def unpack(packed: dict[str, Any]) -> Parameters:
    """{name: float64 array} from what `pack` gives. ValueError where its numbers are not the ones that were packed."""
    try:
        dtype = {"float16": "<f2", "float32": "<f4"}[packed["dtype"]]
        raw = base64.b64decode(packed["data"], validate=True)
        shapes = {name: tuple(_checks.whole("each size", n) for n in shape) for name, shape in packed["arrays"]}
    except (KeyError, IndexError, TypeError, ValueError, binascii.Error):
        raise ValueError("weights must hold arrays, dtype, data and crc32 as pack gives them; these do not") from None
    wanted = sum(math.prod(shape) for shape in shapes.values()) * np.dtype(dtype).itemsize
    if len(raw) != wanted:
        raise ValueError(f"weights are damaged: {len(raw)} bytes came, {wanted} are needed")
    if zlib.crc32(raw) != packed.get("crc32"):
        raise ValueError(f"weights are damaged: their checksum is {zlib.crc32(raw)}, and {packed.get('crc32')} was sent with them")
    numbers, parameters = np.frombuffer(raw, dtype).astype(np.float64), {}
    for name, shape in shapes.items():
        size = math.prod(shape)
        parameters[name], numbers = numbers[:size].reshape(shape), numbers[size:]
    return parameters
