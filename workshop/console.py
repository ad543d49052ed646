"""What a command says: a line a step with its time. All else goes into a log whose place is named."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

WIDTH = 60


class Trouble(Exception):
    """What failed and what to do, in a sentence or two for the person at the desk."""


def lasted(seconds):
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def say(words, end="\n"):
    """Print words at once; a letter that the terminal has not is shown as a question mark."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf8"
    print(words.encode(encoding, "replace").decode(encoding), end=end, flush=True)


def dotted(words):
    return f"{words} {'.' * max(3, WIDTH - len(words))}"


class Console:
    """Says the steps of one command, and keeps the words of the programs that it calls in `log`."""

    def __init__(self, log, held=()):
        self.log = log
        self.held = held  # open files that programs hold on to as well, so that they end only with the last of them
        self.under_way = None  # (words, when it began)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", "utf8")

    def begin(self, words):
        """A step begins; the one before it has ended."""
        self.end()
        self.under_way = words, time.monotonic()
        say(f"  {dotted(words)} ", end="")

    def counts(self, words):
        """How far the step is: on a terminal in its line, elsewhere only at its end."""
        self.under_way = words, self.under_way[1]
        if sys.stdout.isatty():
            say(f"\r  {dotted(words)} ", end="")

    def end(self, result=None):
        if self.under_way:
            words, begun = self.under_way
            say(result or lasted(time.monotonic() - begun))
        self.under_way = None

    @contextmanager
    def step(self, words):
        self.begin(words)
        try:
            yield
        except BaseException:
            self.end("failed")
            raise
        self.end()

    def written(self):
        return self.log.read_text("utf8", errors="replace")

    def run(self, command, hears=None, **options):
        """(exit code, what it said) of a program; `hears` gets each line as it comes."""
        begun = self.log.stat().st_size
        options = {"pass_fds": self.held} | options if os.name == "posix" else options
        with self.log.open("a", encoding="utf8") as log:
            log.write(f"\n$ {' '.join(map(str, command))}\n")
            pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf8", "errors": "replace", "bufsize": 1}
            with subprocess.Popen(list(map(str, command)), **pipe, **options) as program:
                try:
                    for line in program.stdout:
                        log.write(line)
                        log.flush()
                        if hears:
                            hears(line)
                except BaseException:
                    program.terminate()
                    raise
        with self.log.open("rb") as log:
            log.seek(begun)
            return program.returncode, log.read().decode("utf8", "replace")
