"""Draws: random numbers to verify with."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from nnframe.arrays import Array, Shape

__all__ = ["random_signs", "random_sizes"]


def random_signs(size: int, rng: Generator) -> Array:
    """+1 or -1 for each element, drawn as bytes and kept short."""
    return (2 * rng.integers(0, 2, size, dtype=np.int8) - 1).astype(np.float32)


def random_sizes(smallest: float, largest: float, shape: int | Shape, rng: Generator) -> Array:
    """Numbers of either sign, and of sizes between two, uniformly: no two are alike, and none drowns the others.

    >>> random_sizes(0.5, 1.0, 3, np.random.default_rng(0)).round(2)
    array([ 0.64, -0.73, -0.96])
    """
    drawn = rng.uniform(smallest - largest, largest - smallest, shape)
    return np.asarray(np.copysign(smallest + np.abs(drawn), drawn))
