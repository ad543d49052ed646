"""Committed bundles are what their sources give today."""

import os
import subprocess
from pathlib import Path

from node import find

ROOT = Path(__file__).parents[2]

COMMITTED = (
    "src/tokendynamics/widgets/static",
    "site/static/host.js",
    "site/static/fields.js",
    "site/static/exercise-judge.js",
    "site/static/plots.js",
    "site/static/plotly-plane.js",
    "site/python/static",
    "site/cells/static",
    "site/scorm/static",
    "site/static/maths",
    "site/maths",
)


def files(root):
    """Bundles below `root` that git would track, by their path."""
    found = {}
    for name in COMMITTED:
        path = Path(root) / name
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file():
                found[str(file.relative_to(root))] = file.read_bytes()
    return found


def test_bundles_are_not_stale(tmp_path):
    subprocess.run([find("node"), "site/bundle.mjs", str(tmp_path)], cwd=ROOT, check=True, env=os.environ, timeout=600)
    made, committed = files(tmp_path), files(ROOT)
    assert len(made) > 10
    assert sorted(made) == sorted(committed), "a source without a bundle: make bundles; a bundle without a source: take it out by hand"
    stale = [name for name in made if made[name] != committed[name]]
    assert not stale, f"make bundles, then commit {stale}"
