"""Memory-mapped arrays as a dataset: of the files, only the rows of a batch are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import numpy as np
from attrs import evolve, field, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.arrays.conversion import ElementError, as_numbers
from nnframe.composition import Inputs
from nnframe.composition.weighting import as_mask, prepare_weights
from nnframe.errors import DataError, ShapeError
from nnframe.interfaces import Batch
from nnframe.training.checked import Checks
from nnframe.training.class_weight import weigh
from nnframe.training.data import ArrayDataset

__all__ = ["MappedDataset", "is_mapped", "mapped_dataset", "read_inputs"]


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
            raise self._number(error, read, rows) from error
        if self.weights is None:
            return batch
        weight = weigh(self.weights, batch.y, batch.sample_weight, self.checks.network.dtype, self.checks.axes)
        return evolve(batch, sample_weight=weight)

    def subset(self, rows: Integers) -> MappedDataset:
        return evolve(self, rows=rows if self.rows is None else self.rows[rows])

    def _number(self, error: DataError, read: Batch, rows: Any) -> DataError:
        """Say of an element of a batch in which row of the file it is."""
        numbers = rows
        if isinstance(rows, slice):
            numbers = np.arange(rows.start, rows.start + len(cast("Array", read.y)))
        if isinstance(error, ElementError):
            return error.renumber(numbers)
        return DataError(f"{error.message} (in the rows {[int(number) for number in numbers[:8]]} ...)")


def mapped_dataset(
    checks: Checks,
    x: object,
    y: Any,
    *,
    batch_size: int,
    sample_weight: object,
    mask: object,
    weights: Mapping[int, float] | None,
) -> MappedDataset:
    """Make a dataset of arrays of which some are mapped; one example is checked, the others when they are used."""
    inputs, examples = _open_inputs(checks.network.inputs, x)
    if y.ndim == 0 or len(y) != examples:
        raise ShapeError(f"x has {examples} examples and y has {len(y) if y.ndim else 'none'}")
    weight = prepare_weights(sample_weight, examples, checks.network.dtype)  # each batch is held to its predictions
    padding = as_mask(mask, examples)
    data = MappedDataset(inputs, y, batch_size, weight, padding, checks=checks, weights=weights)
    one = ArrayDataset.take(data, slice(1))
    checks.batch(one.x, one.y, None, one.mask)
    return data


def read_inputs(inputs: Inputs, x: object, mask: object, batch_size: int) -> Iterator[tuple[object, Booleans | None]]:
    """Iterate over inputs of which some are mapped, with their masks, so many examples at a time."""
    arrays, examples = _open_inputs(inputs, x)
    padding = as_mask(mask, examples)
    for start in range(0, examples, batch_size):
        rows = slice(start, start + batch_size)
        read = tuple(array[rows] for array in arrays) if isinstance(arrays, tuple) else arrays[rows]
        yield read, None if padding is None else padding[rows]


def _open_inputs(inputs: Inputs, x: object) -> tuple[Any, int]:
    """Return inputs as arrays of equal length, the mapped ones unread, and their length."""
    parts = [x] if inputs.single else list(x) if isinstance(x, tuple | list) else []
    if len(parts) != len(inputs.shapes):
        raise ShapeError(f"x must be a tuple of {len(inputs.shapes)} arrays, and is a {type(x).__name__}")
    arrays = tuple(part if isinstance(part, np.ndarray) else as_numbers(part, "x") for part in parts)
    lengths = [len(array) if array.ndim else 0 for array in arrays]
    if len(set(lengths)) > 1:
        raise ShapeError(f"the inputs have different numbers of examples: {lengths}")
    return arrays[0] if inputs.single else arrays, lengths[0]
