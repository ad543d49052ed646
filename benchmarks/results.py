"""Where the measured tables go: `benchmarks/RESULTS.md`, a section a script, each with its machine and date.

    .venv/bin/python benchmarks/results.py         warns of what the tables miss, and of rows that break a bar

`make bench` and `make lighthouse` end with that. No test reads the tables: they speak of one day and one machine.
"""

import datetime
import os
import platform
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
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
    RESULTS.write_text("\n\n".join([parts[0].strip(), *sorted([*kept, section])]) + "\n", "utf8", newline="\n")


def recorded(title):
    """The rows of the first table of a section, each a dict by column; none, if it was never measured."""
    section = RESULTS.read_text("utf8").partition(f"## {title}\n")[2].split("\n## ")[0]
    table = section[section.find("| ") :].split("\n\n")[0].strip().splitlines()
    columns, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if not line.startswith("|---")] or [[]]
    return [dict(zip(columns, row)) for row in rows]


def machine():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, {datetime.date.today().isoformat()}"


def load():
    """How many processes want a core, over the last minute; no number on Windows, which does not count them."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


MARKS = ("performance", "accessibility", "best practices", "SEO")
PAGES = {"kB": 1000, "interactive, s, processor 4 × slower": 3.8, "layout shift": 0.05}  # Lighthouse calls a page fast up to 3.8 s


def warnings():
    """What the tables miss, and which rows break a bar, in words."""
    chapters = {"index", *(f"chapters/{path.stem}" for path in ROOT.glob("chapters/*.ipynb"))}
    widgets = {path.parent.name.replace("_", "-") for path in ROOT.glob("src/tokendynamics/widgets/*/view.js")}
    for title, column, wanted in [("Pages", "page", chapters), ("Lighthouse", "page", chapters), ("Drag to paint", "widget", widgets)]:
        for name in sorted(wanted - {row[column] for row in recorded(title)}):
            yield f"{title}: {name} was not measured"
    for row in recorded("Pages"):
        yield from (f"Pages: {row['page']}: {name} {row[name]}, above {bar}" for name, bar in PAGES.items() if float(row[name]) > bar)
    for row in recorded("Lighthouse"):
        yield from (f"Lighthouse: {row['page']}: {mark} {row[mark]}, below 95" for mark in MARKS if int(row[mark]) < 95)
    for row in recorded("Drag to paint"):
        if "bar, in calibrations" not in row:
            yield f"Drag to paint: {row['widget']}, {row['dragged']}: measured before there were calibrations"
            continue
        found, bar = row["95th percentile, in calibrations"], row["bar, in calibrations"]
        if float(found) > float(bar):
            yield f"Drag to paint: {row['widget']}, {row['dragged']}: {found} calibrations, above {bar}"
    for row in recorded("Frames a second, 64 tokens"):
        if float(row["frames a second"]) < 30:
            yield f"Frames a second: {row['widget']}, {row['motion']}, {row['what']}: {row['frames a second']}, below 30"
    for title in ("The real model in the page", "Python in the page"):
        if not recorded(title):
            yield f"{title} was not measured"
        yield from (f"{title}: {row['what']}: {row['measured']}, bar {row['bar']}" for row in recorded(title) if row["kept"] == "no")


if __name__ == "__main__":
    for words in warnings():
        print(f"warning: {words}")
