"""Arrays as a dataset: batches, shuffling, and a part kept for validation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Booleans, Integers
from nnframe.checks import plain
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces import Batch

__all__ = ["ArrayDataset", "split"]


@frozen(eq=False)
class ArrayDataset:
    """Examples in memory: x and y of equal length.

    Args:
        x: An array, or a tuple of arrays, examples along the first axis.
        y: The targets.
        batch_size: How many examples one batch has; the last may have fewer.
        sample_weight: (examples,) or (examples, time), or None.
        mask: (examples, time), or None.

    >>> data = ArrayDataset(np.arange(5.0), np.arange(5.0), 2)
    >>> [batch.x.tolist() for batch in data.batches(None)]
    [[0.0, 1.0], [2.0, 3.0], [4.0]]
    """

    x: Any
    y: Any
    batch_size: int = 32
    sample_weight: Array | None = None
    mask: Booleans | None = None

    def __attrs_post_init__(self) -> None:
        size = plain(self.batch_size)
        if type(size) is not int or size < 1:
            raise ConfigurationError(f"batch_size must be a whole number from 1, and is {self.batch_size!r:.40}")

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return len(self.x[0]) if isinstance(self.x, tuple) else len(self.x)

    def __len__(self) -> int:
        return (self.examples + self.batch_size - 1) // self.batch_size

    def batches(self, rng: Generator | None) -> Iterator[Batch]:
        """Iterate over one epoch; ``rng`` shuffles it."""
        count = self.examples
        order = None if rng is None else rng.permutation(count)
        for start in range(0, count, self.batch_size):
            rows = slice(start, start + self.batch_size)
            yield self.take(rows if order is None else order[rows])

    def take(self, rows: Any) -> Batch:
        """Return the batch of some rows: a slice, or an array of indices."""
        x = tuple(part[rows] for part in self.x) if isinstance(self.x, tuple) else self.x[rows]
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        return Batch(x, self.y[rows], weight, None if self.mask is None else self.mask[rows])

    def subset(self, rows: Integers) -> ArrayDataset:
        """Return the dataset of some rows."""
        batch = self.take(rows)
        return ArrayDataset(batch.x, batch.y, self.batch_size, batch.sample_weight, batch.mask)


def split(data: ArrayDataset, fraction: float, rng: Generator | None) -> tuple[ArrayDataset, ArrayDataset]:
    """Take a random part of the examples, or without ``rng`` the end, for validation; returns the rest and the part.

    >>> left, part = split(ArrayDataset(np.zeros(10), np.zeros(10)), 0.2, np.random.default_rng(0))
    >>> left.examples, part.examples
    (8, 2)
    >>> split(ArrayDataset(np.arange(5.0), np.arange(5.0)), 0.4, None)[1].x
    array([3., 4.])
    """
    if not 0 < fraction < 1:
        raise ConfigurationError(f"validation_split must lie between 0 and 1, and is {fraction}")
    count = round(data.examples * fraction)
    if not 0 < count < data.examples:
        raise DataError(f"{data.examples} examples cannot be split into {fraction:.0%} and the rest")
    if rng is None:
        rows = np.arange(data.examples)
        return data.subset(rows[:-count]), data.subset(rows[-count:])
    order = rng.permutation(data.examples)
    return data.subset(np.sort(order[count:])), data.subset(np.sort(order[:count]))
