"""Measures over batches: the mean loss, and metrics."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar, cast

from attrs import define, field

from nnframe.arrays import Array, Booleans
from nnframe.composition import Network
from nnframe.composition.reduction import WeightedMean, sum_losses, sum_weights, weights_of
from nnframe.errors import DataError, FileFormatError, NNFrameError, ShapeError
from nnframe.interfaces import Batch, Context, Dataset, Metric
from nnframe.interruption import is_from_signal
from nnframe.training.naming import name_metrics

__all__ = ["Measures", "evaluate"]

T = TypeVar("T")
Seen: TypeAlias = tuple[Array, Array, Array | None]
"""What a metric looks at: prediction, target, weight."""


@define(eq=False)
class Measures:
    """The loss Σ wℓ / Σ w and the metrics over all batches, with the same weights.

    Attributes:
        metrics, names: What is measured beside the loss, and what it is called.
        loss: The mean loss so far.
        states: What each metric remembers.
        source: The checkpoint that the states come from; empty where they were begun here.
    """

    metrics: Sequence[Metric[object]]
    names: Sequence[str] = field()
    loss: WeightedMean = field(factory=WeightedMean)
    states: list[object] = field(init=False)
    source: str = field(default="", init=False)

    @names.default
    def _name(self) -> Sequence[str]:
        return name_metrics(self.metrics)

    def __attrs_post_init__(self) -> None:
        self.states = [metric.start() for metric in self.metrics]

    def update(self, total: float, weight: float, prediction: Array, batch: Batch) -> None:
        """Count one more batch: Σ wℓ, Σ w, and what metrics look at."""
        self.loss.add(total, weight)
        if not self.metrics:
            return
        step = _Step(prediction, cast("Array", batch.y), batch.sample_weight, batch.mask)
        rows: Seen | None = None
        for index, metric in enumerate(self.metrics):
            if metric.sequences:
                seen: Seen = step.prediction, step.target, step.weight()
                counts = seen[2] is None or bool(seen[2].any())
            else:
                seen = rows = rows or step.rows(self.names[index])
                counts = bool(len(seen[0]))
            if counts:
                self.states[index] = self._ask(index, metric.update, self.states[index], *seen)

    def values(self) -> dict[str, float]:
        """Return the loss and every metric by its name.

        Raises:
            DataError: Nothing in the data counts.
        """
        if not self.loss.weight:
            raise DataError(
                "nothing in the data counts, so they have no mean: there are no batches, or every example is masked or "
                "has weight zero"
            )
        measured = {"loss": self.loss.value}
        for index, metric in enumerate(self.metrics):
            measured[self.names[index]] = self._ask(index, metric.value, self.states[index])
        return measured

    def _ask(self, index: int, call: Callable[..., T], *arguments: object) -> T:
        """Call a metric, and blame the checkpoint for a state that it cannot work with: only the metric knows."""
        try:
            return call(*arguments)
        except NNFrameError:
            raise
        except Exception as error:
            if not self.source or is_from_signal(error):
                raise
            raise FileFormatError(
                f"{self.source}: what it remembers of {self.names[index]} cannot be gone on from: "
                f"{type(error).__name__}: {error}"
            ) from error


@define(eq=False)
class _Step:
    """One batch as metrics see it."""

    prediction: Array
    target: Array
    sample_weight: Array | None
    mask: Booleans | None

    def weight(self) -> Array | None:
        """Return the weight of each row of the prediction, (batch,) or (batch, time, ...); None where all are alike."""
        if self.sample_weight is None and self.mask is None:
            return None
        first = self.prediction[..., 0] if self.prediction.ndim > 1 else self.prediction
        return weights_of(first, self.sample_weight, self.mask)

    def rows(self, name: str) -> Seen:
        """Return the rows that count, time steps among them: prediction (n, ...), target (n, ...), weight (n,)."""
        axes = max(self.prediction.ndim - 1, 1)
        if axes == 1 and self.sample_weight is None and self.mask is None:
            return self.prediction, self.target, None
        lead = self.prediction.shape[:axes]
        if self.target.shape[:axes] != lead:
            raise ShapeError(
                f"the metric {name!r:.60} looks at rows, of which the prediction {self.prediction.shape} has {lead}, "
                f"and the targets are {self.target.shape}: a metric of whole sequences declares sequences = True"
            )
        count = math.prod(lead)
        prediction, target = (_flatten(array, axes, count) for array in (self.prediction, self.target))
        weight = self.weight()
        if weight is None:
            return prediction, target, None
        weight = weight.reshape(count)
        counts = weight != 0
        if not counts.all():
            prediction, target, weight = prediction[counts], target[counts], weight[counts]
        return prediction, target, None if self.sample_weight is None else weight


def _flatten(array: Array, axes: int, count: int) -> Array:
    return array if axes == 1 else array.reshape(count, *array.shape[axes:])


def evaluate(
    network: Network, data: Dataset, metrics: Sequence[Metric[Any]], names: Sequence[str] | None = None
) -> dict[str, float]:
    """Return the loss and the metrics on data, in inference; regularization is left out.

    Args:
        network: What is measured, with its loss.
        data: On what.
        metrics: What to measure beside the loss.
        names: What they are called; None to find out.

    Raises:
        DataError: Nothing in the data counts.
    """
    assert network.loss is not None
    measures = Measures(metrics) if names is None else Measures(metrics, names)
    for batch in data.batches(None):
        prediction = cast("Array", network.layer.run(network.tree, batch.x, Context(mask=batch.mask))[0])
        losses, _ = network.loss.forward(prediction, batch.y)
        weight = weights_of(losses, batch.sample_weight, batch.mask)
        measures.update(sum_losses(losses, weight), sum_weights(losses, weight), prediction, batch)
    return measures.values()
