"""Measures over batches: the mean loss, and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from attrs import define, field

from nnframe import registry
from nnframe.arrays import Array
from nnframe.composition import Network
from nnframe.composition.reduction import mean_loss, weights_of
from nnframe.errors import DataError
from nnframe.interfaces import Batch, Context, Dataset, Metric

__all__ = ["Measures", "evaluate"]


@define(eq=False)
class Measures:
    """The loss and the metrics of an epoch, batch by batch: each batch counts by its examples."""

    metrics: Sequence[Metric[object]]
    states: list[object] = field(init=False)
    total: float = 0.0
    examples: int = 0

    def __attrs_post_init__(self) -> None:
        self.states = [metric.start() for metric in self.metrics]

    def update(self, loss: float, prediction: Array, batch: Batch) -> None:
        """Count one more batch."""
        count = len(prediction)
        self.total += loss * count
        self.examples += count
        for index, metric in enumerate(self.metrics):
            self.states[index] = metric.update(self.states[index], prediction, batch.y, batch.sample_weight)

    def values(self) -> dict[str, float]:
        """Return the loss and every metric by its registry name, with its distribution only where two have one."""
        result = {"loss": self.total / (self.examples or 1)}
        known = [registry.registration_of(type(metric)) for metric in self.metrics]
        for metric, state, own in zip(self.metrics, self.states, known, strict=True):
            namesakes = {other.name for other in known if other.local_name == own.local_name}
            result[own.local_name if len(namesakes) == 1 else own.name] = metric.value(state)
        return result


def evaluate(network: Network, data: Dataset, metrics: Sequence[Metric[object]]) -> dict[str, float]:
    """Return the loss and the metrics on data, in inference; regularization is left out."""
    assert network.loss is not None
    measures = Measures(metrics)
    for batch in data.batches(None):
        prediction = cast("Array", network.layer.run(network.tree, batch.x, Context(mask=batch.mask))[0])
        losses, _ = network.loss.forward(prediction, batch.y)
        loss, _ = mean_loss(losses, weights_of(losses, batch.sample_weight, batch.mask))
        measures.update(loss, prediction, batch)
    if not measures.examples:
        raise DataError("there is no data to measure: no batch has an example")
    return measures.values()
