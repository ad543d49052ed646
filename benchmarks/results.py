"""Where the measured tables go: `benchmarks/RESULTS.md`, a section a script, each with its machine and date."""

import datetime
import os
import platform
import re
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# What was measured

Times are compared within one run, so read the ratios. `make bench` measures all of it again.
"""


def table(columns, rows):
    """A Markdown table; numbers come as text."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def write(title, command, *paragraphs):
    """Put a section into RESULTS.md in place of the one of the same title, and print it."""
    section = "\n\n".join([f"## {title}", f"`{command}` · {machine()}", *paragraphs])
    print(section, "\n")
    text = RESULTS.read_text("utf8") if RESULTS.exists() else HEAD
    parts = re.split(r"(?m)^(?=## )", text)
    kept = [part.strip() for part in parts[1:] if not part.startswith(f"## {title}\n")]
    RESULTS.write_text("\n\n".join([parts[0].strip(), *sorted([*kept, section])]) + "\n", "utf8")


def recorded(title):
    """The rows of the first table of a section, each a dict by column; none, if it was never measured."""
    section = RESULTS.read_text("utf8").partition(f"## {title}\n")[2].split("\n## ")[0]
    table = section[section.find("| ") :].split("\n\n")[0].strip().splitlines()
    columns, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if not line.startswith("|---")] or [[]]
    return [dict(zip(columns, row)) for row in rows]


def machine():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, {datetime.date.today().isoformat()}"
