"""Names for the hints on public functions."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__ = ["Array", "ArrayLike", "DTypeLike", "Flags", "Integers", "Parameters"]

Array: TypeAlias = NDArray[np.floating[Any]]  # float32 or float64, as it came
Integers: TypeAlias = NDArray[np.integer[Any]]
Flags: TypeAlias = NDArray[np.bool_]
Parameters: TypeAlias = dict[str, NDArray[Any]]  # a small model's, by name
