"""Self-attention as motion: the small numpy package behind the book *Tokens in motion*."""

from ._version import __version__  # noqa: F401
from .attention import attention_weights, content, force, potential, potential_at, potential_gradient_at, update
from .knowledge import Entries, entries, knowledge, knowledge_residual, lookup, nearest, recall, store
from .stack import trajectories

__all__ = [
    "Entries",
    "attention_weights",
    "content",
    "entries",
    "force",
    "knowledge",
    "knowledge_residual",
    "lookup",
    "nearest",
    "potential",
    "potential_at",
    "potential_gradient_at",
    "recall",
    "store",
    "trajectories",
    "update",
]
