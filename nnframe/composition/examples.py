"""Examples: the inputs of a model, one array or a tuple of arrays, and what is asked of them."""

from __future__ import annotations

from typing import TypeAlias

from nnframe.arrays import Array, Integers

__all__ = ["Examples", "Rows", "count", "take"]

Examples: TypeAlias = Array | Integers | tuple[Array | Integers, ...]
"""Inputs of several examples, which lie along the first axis of each array."""

Rows: TypeAlias = slice | Integers
"""Which examples: a range, or indices."""


def count(examples: Examples) -> int:
    """Say how many examples there are.

    >>> import numpy as np
    >>> count((np.zeros((3, 2)), np.zeros((3, 5))))
    3
    """
    return len(examples[0] if isinstance(examples, tuple) else examples)


def take(examples: Examples, rows: Rows) -> Examples:
    """Return some of the examples.

    >>> import numpy as np
    >>> take(np.arange(5.0), slice(1, 3))
    array([1., 2.])
    """
    return tuple(array[rows] for array in examples) if isinstance(examples, tuple) else examples[rows]
