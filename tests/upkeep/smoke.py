"""Run by the interpreter of a fresh environment, outside the repository: does what was installed hold all that it needs?"""

import json
import sys
from pathlib import Path

import numpy as np

import tokendynamics as td
from tokendynamics import ledger, widgets

tokens, Q, K, V = np.random.default_rng(0).normal(size=(4, 3, 3))
np.testing.assert_allclose(td.force(tokens, Q, K) @ td.knowledge(Q, K, V).T, td.content(tokens, Q, K, V))

for name in widgets.__all__:
    widget = getattr(widgets, name)()
    assert len(str(widget._esm)) > 1000 and len(str(widget._css)) > 100, f"{name} has no bundle"
    assert widget.state(), name

assert widgets.ForceLab.preset("article").still()[0].startswith(b"\x89PNG")

print(json.dumps({"where": str(Path(td.__file__).parent), "prefix": sys.prefix, "version": td.__version__, "claims": len(ledger.claims())}))
