"""The commands that make the book and test it; `make` calls them, and where there is no `make` so does a person: `python workshop book`.

Any Python can read this file, to be told if it is the wrong one. All else here is read by one that the book runs on.
"""

import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 15)  # the packages of requirements.txt are known to be had for these
HERE = os.path.dirname(os.path.abspath(__file__))


def refusal(version, asked):
    """What to say to a Python that the book does not run on; nothing to one that it does."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    kind = "older" if tuple(version[:2]) < OLDEST else "newer"
    how = "py -3.13 workshop" if os.name == "nt" else "make PYTHON=python3.13"
    known = f"Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
    return (
        f"The book runs on {known}, and this is {version[0]}.{version[1]}, which is {kind}. Say which to use, for instance: {how} {asked}"
    )


def main(arguments):
    wrong = refusal(sys.version_info, " ".join(arguments[:1]) or "book")
    own = os.path.join(os.path.dirname(HERE), ".venv", *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))
    if wrong and os.path.exists(own) and os.path.abspath(sys.executable) != own:
        return subprocess.call([own, HERE] + arguments)  # the environment was made with a right one
    if wrong:
        return wrong
    import commands

    return commands.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
