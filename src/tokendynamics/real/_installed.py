"""Whether what a real model needs is installed; nothing is imported to find out."""

import importlib.util
from pathlib import Path


def folders(package):
    """Where a package lies, by the name that pip knows it by; [] where it is not installed."""
    spec = importlib.util.find_spec(package.replace("-", "_"))
    return [Path(place) for place in spec.submodule_search_locations or []] if spec else []


def missing(*libraries):
    """Which of them to install, in words; empty where all are there."""
    names = [name for name in libraries if importlib.util.find_spec(name) is None]
    return f"{' and '.join(names)} must be installed to read the model. Install with\n    pip install {' '.join(names)}\n" if names else ""
