"""How the arrays of a case are described: functions of a random generator, so that every build gets fresh arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["Draw", "away", "fixed", "integers", "normal", "positive", "spaced", "tuples"]

Draw = Callable[[np.random.Generator], Any]


def normal(*shape: int, scale: float = 1.0, mean: float = 0.0) -> Draw:
    """Normal numbers."""
    return lambda rng: np.asarray(mean + scale * rng.normal(size=shape))


def positive(*shape: int, low: float = 0.5, high: float = 2.0) -> Draw:
    """Numbers between two positive ones."""
    return lambda rng: np.asarray(rng.uniform(low, high, size=shape))


def away(*shape: int, gap: float = 0.15) -> Draw:
    """Normal numbers that keep away from zero, so that functions with a joint there are smooth around them."""

    def draw(rng: np.random.Generator) -> Any:
        drawn = np.asarray(rng.normal(size=shape))
        return drawn + np.copysign(gap, drawn)

    return draw


def spaced(*shape: int, gap: float = 0.2) -> Draw:
    """Numbers of which no two are close, in random order, so that maxima and sorting are smooth around them."""

    def draw(rng: np.random.Generator) -> Any:
        count = int(np.prod(shape))
        return (gap * (rng.permutation(count) - count / 2 + 0.3)).reshape(shape)

    return draw


def integers(high: int, *shape: int) -> Draw:
    """Whole numbers below a limit."""
    return lambda rng: rng.integers(0, high, size=shape)


def fixed(value: object, dtype: Any = None) -> Draw:
    """These very numbers."""
    return lambda rng: np.array(value, dtype=dtype or (np.float64 if not isinstance(value, np.ndarray) else None))


def tuples(*draws: Draw) -> Draw:
    """A tuple of inputs."""
    return lambda rng: tuple(draw(rng) for draw in draws)
