"""The names of array types that nnframe's signatures use."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Booleans", "Integers", "Shape"]

Array: TypeAlias = NDArray[np.floating[Any]]
"""An array of real numbers, of any precision."""

Integers: TypeAlias = NDArray[np.integer[Any]]
"""An array of integers: labels, or indices."""

Booleans: TypeAlias = NDArray[np.bool_]
"""An array of truth values: a mask."""

Shape: TypeAlias = tuple[int, ...]
"""The lengths of an array's axes."""
