"""The training loop: epochs of steps, with the events that callbacks are told of."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import define, evolve, field

from nnframe.composition import Network
from nnframe.errors import DataError
from nnframe.interfaces import Batch, Callback, Context, Dataset, Metric, Moment
from nnframe.training.evaluation import Measures, evaluate
from nnframe.training.history import History
from nnframe.training.optimization import Optimization
from nnframe.training.progress import Display

__all__ = ["TrainingRun"]


@define(eq=False)
class TrainingRun:
    """One call of ``fit``: what it trains, on what, and who listens."""

    network: Network
    optimization: Optimization
    data: Dataset
    validation: Dataset | None
    epochs: int
    shuffle: bool
    metrics: Sequence[Metric[object]]
    callbacks: Sequence[Callback[object]]
    display: Display
    history: History = field(factory=History)

    def run(self) -> History:
        """Train until the last epoch is done or a callback stops; callbacks are told of the end in any case."""
        moment = Moment(self.network, self.epochs, steps_per_epoch=len(self.data))
        self.optimization.progress = evolve(self.optimization.progress, steps_per_epoch=len(self.data))
        states = [callback.start(moment) for callback in self.callbacks]
        self.display.start(moment)
        try:
            while moment.epoch < self.epochs and not moment.stop_reason:
                self._epoch(moment, states)
        finally:
            self.history.stop_reason = moment.stop_reason
            self.display.finish(moment)
            for callback, state in zip(self.callbacks, states, strict=True):
                callback.finish(state, moment)
        return self.history

    def _epoch(self, moment: Moment, states: list[object]) -> None:
        moment.step, moment.logs = 0, {}
        listeners = list(zip(self.callbacks, states, strict=True))
        for callback, state in listeners:
            callback.before_epoch(state, moment)
        rate = self.optimization.learning_rate
        measures = Measures(self.metrics)
        for batch in self.data.batches(self.network.rng if self.shuffle else None):
            moment.logs["loss"] = self.step(batch, measures)
            moment.step += 1
            for callback, state in listeners:
                callback.after_step(state, moment)
            self.display.after_step(moment)
        if not moment.step:
            raise DataError("there is no data to learn from: the epoch had no batches")
        moment.logs = measures.values()
        if self.validation is not None:
            validated = evaluate(self.network, self.validation, self.metrics)
            moment.logs |= {f"val_{name}": value for name, value in validated.items()}
        moment.logs["learning_rate"] = rate
        moment.epoch += 1
        self.optimization.end_epoch(moment.logs.get("val_loss", moment.logs["loss"]))
        for callback, state in listeners:
            callback.after_epoch(state, moment)
        self.history.epochs.append(dict(moment.logs))
        self.display.after_epoch(moment)

    def step(self, batch: Batch, measures: Measures) -> float:
        """Take one step on one batch; returns its loss."""
        network = self.network
        context = Context(True, network.rng, batch.mask, False)
        loss, gradients, prediction = network.compute(batch.x, batch.y, context, batch.sample_weight)
        self.optimization.step(gradients)
        if context.recorded:
            network.store(context.recorded)
        measures.update(loss, prediction, batch)
        return loss if math.isfinite(loss) else math.nan
