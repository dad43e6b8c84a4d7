"""Draws: descriptions of arrays as functions of a random generator, so that every build of a case gets fresh ones."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

__all__ = ["Array", "Draw", "apart", "exactly", "indices", "normal", "off_zero", "pair", "uniform"]

Array = NDArray[Any]
Draw = Callable[[Generator], Any]


def normal(*shape: int, scale: float = 1.0, mean: float = 0.0) -> Draw:
    """Normal numbers."""
    return lambda rng: np.asarray(mean + scale * rng.normal(size=shape))


def uniform(low: float, high: float, *shape: int) -> Draw:
    """Numbers between two limits."""
    return lambda rng: np.asarray(rng.uniform(low, high, size=shape))


def off_zero(*shape: int, gap: float = 0.2) -> Draw:
    """Normal numbers with nothing close to zero: generic for functions that have a joint there."""

    def draw(rng: Generator) -> Array:
        drawn = np.asarray(rng.normal(size=shape))
        return drawn + np.where(drawn < 0, -gap, gap)

    return draw


def apart(*shape: int, gap: float = 0.25) -> Draw:
    """Numbers in random order with no two close: generic for maxima and sorting."""

    def draw(rng: Generator) -> Array:
        count = math.prod(shape)
        return gap * (rng.permutation(count).reshape(shape) - 0.5 * count + 0.37)

    return draw


def indices(below: int, *shape: int) -> Draw:
    """Whole numbers below a limit."""
    return lambda rng: rng.integers(0, below, size=shape)


def exactly(value: object, dtype: Any = np.float64) -> Draw:
    """These numbers and no others."""
    return lambda rng: np.array(value, dtype=dtype)


def pair(*draws: Draw) -> Draw:
    """A tuple of inputs."""
    return lambda rng: tuple(draw(rng) for draw in draws)
