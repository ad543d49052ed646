"""What is printed goes to the page as it comes, but not in more messages, nor in more text, than a page can show."""

import io
import sys

from . import channel

MOST = 1_000_000  # characters of one cell
TOO_MUCH = "\n… more was printed than a page can show.\n"


class Stream(io.TextIOBase):
    encoding, errors = "utf-8", "backslashreplace"

    def __init__(self, name):
        self.name, self.waiting, self.shown, self.pace = name, [], 0, channel.Pace()

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.waiting.append(text)
        if self.pace.free():
            self.flush()
        return len(text)

    def flush(self):
        text, self.waiting = "".join(self.waiting), []
        room = MOST - self.shown
        if text and room > 0:
            self.shown += len(text)
            channel.send({"stream": {"name": self.name, "text": text if len(text) <= room else text[:room] + TOO_MUCH}})


def begin():
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")


def anew():
    """Before a cell: each may print as much as the others."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Stream):
            stream.shown = 0


def flush():
    """Before anything else is said, so that all comes in the order in which it was made."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
