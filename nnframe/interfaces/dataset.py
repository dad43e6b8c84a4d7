"""Dataset: where batches come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Booleans

__all__ = ["Batch", "Dataset"]


@frozen(eq=False)
class Batch:
    """Some examples.

    Attributes:
        x: The inputs: an array, or a tuple of arrays.
        y: The targets.
        sample_weight: (batch,) or (batch, time), how much each example or step counts; None for all alike.
        mask: (batch, time), False where a step is padding; None where nothing is padded.
    """

    x: object
    y: object
    sample_weight: Array | None = None
    mask: Booleans | None = None


@runtime_checkable
class Dataset(Protocol):
    """Anything that can be iterated once an epoch."""

    def batches(self, rng: Generator | None) -> Iterator[Batch]:
        """Iterate over one epoch; ``rng`` shuffles it, None keeps the order."""

    def __len__(self) -> int:
        """Return the number of batches in one epoch."""
