"""Evidence: what is known about each element of one gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from attrs import define, field

from nnframe.arrays import Array, Booleans, Integers

__all__ = ["FAILED", "KINK", "PASSED", "UNDECIDED", "UNNOTICED", "ZERO", "Evidence", "together"]

UNDECIDED, PASSED, ZERO, KINK, UNNOTICED, FAILED = range(6)
"""Element by element: not looked at, right, numerically zero, right at a kink, hidden by noise, wrong."""


@define(eq=False)
class Evidence:
    """What is known about each line: (upstreams, lines) arrays in gradient units, and (lines,) states.

    Attributes:
        analytic: What the pullback gives.
        numeric: The derivative as measured; NaN where it was not.
        bar: How far the two may be apart.
        low, high: The one-sided slopes, where they differ; NaN elsewhere.
        state: What is said about each line.
        index: The flat index of each line's element.
    """

    analytic: Array
    index: Integers
    numeric: Array = field(init=False)
    bar: Array = field(init=False)
    low: Array = field(init=False)
    high: Array = field(init=False)
    state: Integers = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.numeric = np.full(self.analytic.shape, np.nan)
        self.bar = np.full(self.analytic.shape, np.nan)
        self.low = np.full(self.analytic.shape, np.nan)
        self.high = np.full(self.analytic.shape, np.nan)
        self.state = np.zeros(self.analytic.shape[1], dtype=np.int8)

    @property
    def wrong(self) -> Booleans:
        """Which lines are wrong."""
        return np.asarray(self.state == FAILED)

    @property
    def open(self) -> Booleans:
        """Which lines are not decided yet."""
        return np.asarray(self.state == UNDECIDED)

    def excess(self) -> Array:
        """(lines,) the distance of the analytic from the numeric value, in error bars, under the worst upstream."""
        error = np.abs(self.analytic - self.numeric)
        bar = np.maximum(self.bar, np.finfo(np.float64).tiny)
        return np.asarray(np.where(np.isfinite(error), np.where(error > 0, error / bar, 0.0), 0.0).max(0))


def together(parts: Sequence[Evidence]) -> Evidence:
    """The evidence on several parts of a variable as one."""
    if len(parts) == 1:
        return parts[0]
    index = np.concatenate([each.index for each in parts])
    whole = Evidence(np.concatenate([each.analytic for each in parts], 1), index)
    for name in ("numeric", "bar", "low", "high"):
        setattr(whole, name, np.concatenate([getattr(each, name) for each in parts], 1))
    whole.state = np.concatenate([each.state for each in parts])
    return whole
