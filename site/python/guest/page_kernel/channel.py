"""Messages between Python and the worker: the length of the head, the head as JSON, and buffers of bytes one after the other."""

import json
import math
import os

PAGE = "/dev/page"
_out = os.open(PAGE, os.O_WRONLY)


def asked():
    """The request that the worker has put there: (head, buffers)."""
    with open(PAGE, "rb", buffering=0) as page:
        parts = []
        while part := page.read(1 << 20):
            parts.append(part)
    whole = b"".join(parts)
    end = 4 + int.from_bytes(whole[:4], "little")
    head = json.loads(whole[4:end])
    buffers = []
    for length in head.pop("lengths"):
        buffers.append(memoryview(whole)[end : end + length])
        end += length
    return head, buffers


def send(head, buffers=()):
    """One message, in one write."""
    parts = [memoryview(buffer).cast("B") for buffer in buffers]
    head = head | {"lengths": [part.nbytes for part in parts]}
    try:
        text = json.dumps(head, allow_nan=False)
    except ValueError:  # JSON knows no NaN and no infinity
        text = json.dumps(finite(head))
    encoded = text.encode("utf8", "replace")  # half a surrogate pair is no text
    os.write(_out, b"".join([len(encoded).to_bytes(4, "little"), encoded, *parts]))


def finite(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    return [finite(entry) for entry in value] if isinstance(value, (list, tuple)) else value
