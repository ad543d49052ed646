"""The way out: one request, as bytes, and the answer to it. In the sandbox it is the sandbox's own; in a process it is the pipes it was started with."""

import json
import os
import sys
from typing import Any

_pipes: list[Any] = []


def opened() -> None:
    """In a process: keep the pipes for the door, and leave the student's code none: what it prints leads nowhere."""
    _pipes[:] = [os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")]
    for number, flag in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        nowhere = os.open(os.devnull, flag)
        os.dup2(nowhere, number)
        os.close(nowhere)


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """What the judge outside answers."""
    asked = json.dumps(request).encode("utf8", "replace")
    return json.loads(_through(asked))


def _through(asked):
    if not _pipes:
        import _host  # the sandbox has it built in

        return _host.call(asked)
    source, target = _pipes
    target.write(len(asked).to_bytes(4, "little") + asked)
    target.flush()
    answer = source.read(int.from_bytes(source.read(4), "little"))
    if not answer:
        sys.exit("nobody answers")
    return answer
