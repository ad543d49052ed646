"""Messages between Python and the worker: the length of the head, the head as JSON, and buffers of bytes one after the other."""

import json
import math
import os
import time

PAGE = "/dev/page"
OFTEN = 0.05  # seconds in which only so many messages of a kind go out
AT_ONCE = 20
_out = os.open(PAGE, os.O_WRONLY)


class Pace:
    """How many messages a page can take: it must hear a Stop while a program says the same a million times."""

    def __init__(self):
        self.since, self.sent = 0.0, 0

    def free(self):
        """Whether one may go out now."""
        now = time.monotonic()
        if now - self.since > OFTEN:
            self.since, self.sent = now, 0
        self.sent += 1
        return self.sent <= AT_ONCE

    def wait(self):
        """Until one may go out."""
        while not self.free():
            time.sleep(OFTEN)


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
