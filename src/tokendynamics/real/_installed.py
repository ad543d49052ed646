"""What the two real models share: whether their files are there and are those that the book measured, and the shuffled control.

Nothing is imported to find out.
"""

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .. import _checks


def folders(package: str) -> list[Path]:
    """Where a package lies, by the name that pip knows it by; [] where it is not installed."""
    spec = importlib.util.find_spec(package.replace("-", "_"))
    return [Path(place) for place in spec.submodule_search_locations or []] if spec else []


def missing(*libraries: str) -> str:
    """Which of them to install, in words; empty where all are there."""
    names = [name for name in libraries if importlib.util.find_spec(name) is None]
    return f"{' and '.join(names)} must be installed to read the model. Install with\n    pip install {' '.join(names)}\n" if names else ""


def hold(path: Path, sha256: str, what: str) -> None:
    """A file is the one that was measured, or ValueError says that it is not `what`."""
    got = hashlib.sha256(path.read_bytes()).hexdigest()
    if got != sha256:
        raise ValueError(f"{path} is not {what}: SHA-256 {got}, needs {sha256}")


def shuffled(model: Any, layers: str, seed: int) -> Any:
    """The model with the numbers inside each matrix in random order, for names that begin with `layers`; the rest as it is."""
    return _drawn(model, layers, seed, lambda rng, name, W: rng.permutation(W.ravel()).reshape(W.shape) if W.ndim == 2 else W)


def untrained(model: Any, layers: str, seed: int) -> Any:
    """The model with Gaussian matrices of standard deviation 0.02, biases 0 and gains 1, for names that begin with `layers`."""

    def begin(rng, name, W):
        if W.ndim == 2:
            return (0.02 * rng.standard_normal(W.shape)).astype(W.dtype)
        return np.full_like(W, name.endswith("weight"))

    return _drawn(model, layers, seed, begin)


def _drawn(model, layers, seed, draw):
    if not hasattr(model, "weights"):
        raise ValueError(f"model must be a model, as load gives it; got {model!r:.60}")
    rng = np.random.default_rng(_checks.seed(seed))
    weights = {name: draw(rng, name, W) if name.startswith(layers) else W for name, W in sorted(model.weights.items())}
    return replace(model, weights=weights)
