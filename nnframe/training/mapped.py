"""Memory-mapped arrays as a dataset: of the files, only the rows of a batch are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from attrs import evolve, field, frozen

from nnframe.arrays import Array, Integers
from nnframe.errors import DataError, ShapeError
from nnframe.interfaces import Batch
from nnframe.training.checked import Checks, checked_weights
from nnframe.training.class_weight import weigh
from nnframe.training.data import ArrayDataset

__all__ = ["MappedDataset", "is_mapped", "mapped_dataset"]


def is_mapped(*values: object) -> bool:
    """Whether any of these is a memory-mapped array, or a tuple with one in it."""
    return any(is_mapped(*value) if isinstance(value, tuple) else isinstance(value, np.memmap) for value in values)


@frozen(eq=False)
class MappedDataset(ArrayDataset):
    """Examples in files: the rows of a batch are read, converted and checked when the batch is asked for.

    Args:
        checks: What the network asks of batches.
        weights: The weight of each class; None for all alike.
        rows: Which examples; None for all.
    """

    checks: Checks = field(kw_only=True)
    weights: Mapping[int, float] | None = field(default=None, kw_only=True)
    rows: Integers | None = field(default=None, kw_only=True)

    @property
    def examples(self) -> int:
        return super().examples if self.rows is None else len(self.rows)

    def take(self, rows: Any) -> Batch:
        if self.rows is not None:
            rows = self.rows[rows]
        read = super().take(rows)
        try:
            batch = self.checks.batch(read.x, read.y, read.sample_weight, read.mask)
        except DataError as error:
            raise self._named(error, read, rows) from error
        if self.weights is None:
            return batch
        weight = weigh(self.weights, batch.y, batch.sample_weight, self.checks.network.dtype, self.checks.axes)
        return evolve(batch, sample_weight=weight)

    def subset(self, rows: Integers) -> MappedDataset:
        return evolve(self, rows=rows if self.rows is None else self.rows[rows])

    def _named(self, error: DataError, read: Batch, rows: Any) -> DataError:
        """Say of a value that is not finite in which row of the file it is."""
        numbers = rows
        if isinstance(rows, slice):
            numbers = np.arange(rows.start, rows.start + len(cast("Array", read.y)))
        arrays: dict[str, Any] = {"x": read.x}
        if isinstance(read.x, tuple):
            arrays = {f"x[{index}]": part for index, part in enumerate(read.x)}
        for name, array in (arrays | {"y": read.y}).items():
            bad = np.argwhere(~np.isfinite(array) if array.dtype.kind == "f" else np.zeros(0))
            if len(bad):
                place = (int(numbers[bad[0][0]]), *map(int, bad[0][1:]))
                return DataError(f"{name} is not finite: {name}{list(place)} is {array[tuple(bad[0])]}")
        return DataError(f"{error.message} (in the rows {[int(number) for number in numbers[:8]]} ...)")


def mapped_dataset(
    checks: Checks,
    x: Any,
    y: Any,
    *,
    batch_size: int,
    sample_weight: object,
    mask: object,
    weights: Mapping[int, float] | None,
) -> MappedDataset:
    """Make a dataset of arrays of which some are mapped; one example is checked, the others when they are used."""
    parts = tuple(map(np.asanyarray, x)) if isinstance(x, tuple | list) else np.asanyarray(x)
    y = np.asanyarray(y)
    first = parts[0] if isinstance(parts, tuple) else parts
    if y.ndim == 0 or first.ndim == 0 or len(first) != len(y):
        raise ShapeError(
            f"x has {len(first) if first.ndim else 'no'} examples and y has {len(y) if y.ndim else 'none'}"
        )
    rows = len(y), *np.asarray(sample_weight).shape[1:]  # each batch is checked against its predictions
    weight = checked_weights(sample_weight, rows, checks.network.dtype)
    padding = None if mask is None else np.asarray(mask, dtype=bool)
    data = MappedDataset(parts, y, batch_size, weight, padding, checks=checks, weights=weights)
    one = ArrayDataset.take(data, slice(1))
    checks.batch(one.x, one.y, None, one.mask)
    return data
