"""One command at a time in a folder: the second waits until the first has ended, and says so.

The lock is the system's. It goes with the last program that holds it, however that one ends, so none is ever left behind.
"""

import os
import time
from contextlib import contextmanager

if os.name == "nt":
    import msvcrt

    def taken(file):
        file.seek(1 << 20)  # Windows keeps others from reading what is locked: lock beyond the text
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def taken(file):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@contextmanager
def alone(place, command, say, pause=0.5):
    """Hold the folder `place` for a command; gives the open file of the lock."""
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "at-work", "a+", encoding="utf8") as file:
        if not taken(file):
            file.seek(0)
            say(f"Another command is at work in this folder ({file.read().strip()}). Waiting until it has ended …")
            while not taken(file):
                time.sleep(pause)
        file.seek(0)
        file.truncate()
        file.write(f"{command}, process {os.getpid()}, since {time.strftime('%H:%M')}")
        file.flush()
        yield file
