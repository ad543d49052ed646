"""numpy and JavaScript engines against their own floor: the matrix products and the one exp that a step cannot do without.

    .venv/bin/python benchmarks/engine.py

The floor of a step with n tokens: scores (n, d)·(d, n), exp in place, and weights times tokens (n, n)·(n, d), into arrays that are
there already. It divides nothing, subtracts no peak, masks nothing, moves no token. Each pair is timed in turns, in one run,
and the ratio is of medians. The bar: update at n = 1,024, d = 64 within 1.5 × its floor.
"""

import json
import shutil
import statistics
import subprocess
import time
import tracemalloc
from pathlib import Path

import numpy as np
import results

from tokendynamics import trajectories, update

ROOT = Path(__file__).parents[1]
LAYERS = 32


def in_turns(*works, least=0.4, rounds=7):
    """Median seconds of each of several functions, run in turns so that a busy moment meets them all."""
    for work in works:
        work()
    times = [[] for _ in works]
    start = time.perf_counter()
    while len(times[0]) < rounds or time.perf_counter() - start < least:
        for work, found in zip(works, times):
            begin = time.perf_counter()
            work()
            found.append(time.perf_counter() - begin)
    return [statistics.median(found) for found in times]


def floor(tokens, steps):
    """The least that `steps` steps could do, preallocated."""
    scores, mean = np.empty((len(tokens), len(tokens))), np.empty_like(tokens)
    turned = np.ascontiguousarray(tokens.T)

    def work():
        for _ in range(steps):
            np.matmul(tokens, turned, out=scores)
            np.exp(scores, out=scores)
            np.matmul(scores, tokens, out=mean)

    return work


def problem(n, d, seed=0, batch=()):
    rng = np.random.default_rng(seed)
    Q, K, V = rng.standard_normal((3, d, d)) / d
    return rng.standard_normal((*batch, n, d)), Q, K, V


def numpy_rows():
    for n in (64, 256, 1024):
        tokens, Q, K, V = problem(n, 64)
        least, one, self_too = in_turns(
            floor(tokens / 64, 1), lambda: update(tokens, Q, K, V), lambda: update(tokens, Q, K, V, include_self=True)
        )
        layers = [(Q, K, V)] * LAYERS
        least_stack, stack = in_turns(floor(tokens / 64, LAYERS), lambda: trajectories(tokens, layers, step=0.01), rounds=3)
        yield n, f"{least * 1e3:.2f}", f"{one / least:.2f}", f"{self_too / least:.2f}", f"{stack / least_stack:.2f}"


def batch_rows():
    for n, batch in ((8, 256), (32, 64), (128, 16)):
        tokens, Q, K, V = problem(n, 16, batch=(batch,))
        together, apart = in_turns(lambda: update(tokens, Q, K, V), lambda: np.stack([update(one, Q, K, V) for one in tokens]))
        yield f"{batch} × {n}", f"{apart / together:.1f}"


def memory_rows():
    """Peak of what a stack allocates, in units of the states it returns."""
    for n in (256, 1024):
        tokens, Q, K, V = problem(n, 64)
        tracemalloc.start()
        states = trajectories(tokens, [(Q, K, V)] * LAYERS, step=0.01)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield n, f"{states.nbytes / 1e6:.1f}", f"{peak / 1e6:.1f}", f"{8 * n * n * LAYERS / 1e6:.0f}"


def javascript_rows():
    script = ROOT / "benchmarks" / "engine.mjs"
    node = shutil.which("node")
    for n in (12, 64, 128, 256):
        tokens, Q, K, V = problem(n, 2)
        given = json.dumps({"tokens": tokens.tolist(), "Q": Q.tolist(), "K": K.tolist(), "V": V.tolist()})
        answer = subprocess.run([node, str(script)], input=given, capture_output=True, encoding="utf8", check=True).stdout
        seconds = json.loads(answer)["seconds"]
        (ours,) = in_turns(lambda: update(tokens, Q, K, V))
        yield n, f"{1 / seconds:,.0f}", f"{seconds / ours:.1f}"


def main():
    results.write(
        "Engine",
        "python benchmarks/engine.py",
        "numpy, d = 64, against the floor: two matrix products and one exp a step, preallocated. Ratios of medians.",
        results.table(["n", "floor, ms", "update ÷ floor", "with the self term ÷ floor", f"{LAYERS} layers ÷ floor"], numpy_rows()),
        "A batch in one call against a Python loop over it, d = 16:",
        results.table(["batch × n", "times faster"], batch_rows()),
        f"Memory of {LAYERS} layers, d = 64, in MB: what is returned, the peak, and what keeping every (n, n) would add:",
        results.table(["n", "states", "peak", "all weights"], memory_rows()),
        "JavaScript (node), d = 2, one step:",
        results.table(["n", "steps a second", "time ÷ numpy's"], javascript_rows()),
    )


if __name__ == "__main__":
    main()
