"""Batches from anywhere: iterables of them, functions that make them, datasets of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any

from attrs import define, evolve, field
from numpy.random import Generator

from nnframe.errors import ConfigurationError, DataError, NNFrameError
from nnframe.interfaces import Batch, Dataset
from nnframe.training.checked import Checks
from nnframe.training.class_weight import weigh

__all__ = ["CheckedBatches", "IterableDataset", "as_batch", "as_dataset", "is_buffer"]


@define(eq=False)
class IterableDataset:
    """An iterable of batches as a dataset; what order they come in is its own affair.

    Args:
        source: A list of batches, or anything else that can be gone through again; a function without arguments that
            returns a new iterator every epoch; or an iterator, good for one epoch.
        what: What messages call it.

    >>> data = IterableDataset([([[0.0]], [[1.0]]), ([[2.0]], [[3.0]])])
    >>> [batch.y for batch in data.batches(None)]
    [[[1.0]], [[3.0]]]
    """

    source: Iterable[object] | Callable[[], Iterable[object]]
    what: str = "x"
    _last: Iterator[object] | None = field(default=None, init=False)

    @property
    def once(self) -> bool:
        """Whether it can be gone through a single time."""
        return isinstance(self.source, Iterator)

    def __len__(self) -> int:
        """Return the number of batches; 0 where only going through them would tell."""
        return len(self.source) if isinstance(self.source, Sized) else 0

    def batches(self, rng: Generator | None) -> Iterator[Batch]:
        """Iterate over one epoch."""
        made = self.source() if callable(self.source) else self.source
        if not isinstance(made, Iterable):
            raise DataError(f"{self.what} must make an iterator of batches, and made a {type(made).__name__}")
        iterator = iter(made)
        if iterator is self._last:
            raise DataError(
                f"{self.what} has been gone through, and cannot be again: give a list, a Dataset, or a function that "
                "makes a new iterator for every epoch"
            )
        self._last = iterator
        return (as_batch(each, self.what, number) for number, each in enumerate(iterator, 1))


def as_batch(value: object, what: str, number: int) -> Batch:
    """Read one batch as a user gives it: a Batch, (x, y), or (x, y, sample_weight)."""
    if isinstance(value, Batch):
        return value
    if isinstance(value, tuple | list) and len(value) in (2, 3):
        return Batch(*value)
    came = f"{type(value).__name__} of {len(value)}" if isinstance(value, tuple | list) else type(value).__name__
    raise DataError(
        f"batch {number} of {what} must be (x, y), (x, y, sample_weight) or a Batch, and is a {came}; "
        "give arrays as fit(x, y)"
    )


def is_buffer(value: object) -> bool:
    """Return whether a value holds numbers in memory, as arrays of any library, ``bytes`` and ``memoryview`` do."""
    if hasattr(value, "__array__"):
        return True
    try:
        memoryview(value).release()  # type: ignore[arg-type]  # what is no buffer is what this is about
    except (TypeError, ValueError, BufferError):
        return isinstance(value, memoryview)  # one that was released
    return True


def as_dataset(source: object, what: str, times: int) -> Dataset:
    """Return ``source`` as a dataset, if it can be gone through so many times."""
    if isinstance(source, Dataset):
        return source
    if isinstance(source, str | Mapping) or is_buffer(source) or not (isinstance(source, Iterable) or callable(source)):
        raise DataError(f"{what} came without targets: give y, or a Dataset, or an iterable of batches (x, y)")
    data = IterableDataset(source, what)
    if data.once and times > 1:
        raise ConfigurationError(
            f"{what} is a {type(source).__name__}, which can be gone through once, and is needed {times} times: "
            "give a list, a Dataset, or a function that makes a new iterator for every epoch"
        )
    return data


@define(eq=False)
class CheckedBatches:
    """A dataset of which every batch is checked against a network before it is used.

    Args:
        dataset: Where the batches come from.
        checks: What the network asks of them.
        weights: The weight of each class; None for all alike.
        what: What messages call it.
    """

    dataset: Dataset
    checks: Checks
    weights: Mapping[int, float] | None = None
    what: str = "x"

    def __len__(self) -> int:
        return len(self.dataset)

    def batches(self, rng: Generator | None) -> Iterator[Batch]:
        """Iterate over one epoch; ``rng`` is handed on to the dataset, for it to shuffle with."""
        for number, batch in enumerate(self.dataset.batches(rng), 1):
            try:
                yield self._checked(batch)
            except NNFrameError as error:
                error.within(f"batch {number} of {self.what}")
                raise

    def _checked(self, batch: Any) -> Batch:
        if not isinstance(batch, Batch):
            raise DataError(f"a Dataset must give Batch objects, and gave a {type(batch).__name__}")
        checked = self.checks.batch(batch.x, batch.y, batch.sample_weight, batch.mask)
        if self.weights is None:
            return checked
        weight = weigh(self.weights, checked.y, checked.sample_weight, self.checks.network.dtype, self.checks.axes)
        return evolve(checked, sample_weight=weight)
