"""The training loop: epochs of steps, with the events that callbacks are told of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from attrs import define, evolve, field

from nnframe.composition import Network
from nnframe.errors import DataError
from nnframe.interfaces import Batch, Callback, Context, Dataset, Metric, Moment
from nnframe.training.evaluation import Measures, evaluate
from nnframe.training.history import History
from nnframe.training.optimization import Optimization
from nnframe.training.progress import Display
from nnframe.training.snapshot import GeneratorState, Resumption, snapshot_of

__all__ = ["TrainingRun"]


def _in_order(callbacks: Sequence[Callback[object]]) -> list[Callback[object]]:
    return sorted(callbacks, key=lambda callback: callback.last)


@define(eq=False)
class TrainingRun:
    """One call of ``fit``: what it trains, on what, who listens, and where it is.

    Attributes:
        start: The state of the model's generator before the run drew anything.
        resume: The run that this one goes on with.
        begun: Steps done in the present epoch.
        rate: The learning rate that it began with.
        epoch_start: The state of the model's generator before this epoch drew anything.
    """

    network: Network
    optimization: Optimization
    data: Dataset
    validation: Dataset | None
    epochs: int
    shuffle: bool
    metrics: Sequence[Metric[object]]
    callbacks: Sequence[Callback[object]] = field(converter=_in_order)
    display: Display
    start: GeneratorState
    resume: Resumption | None = None
    history: History = field(factory=History)
    moment: Moment = field(init=False)
    states: list[object] = field(init=False)
    measures: Measures = field(init=False)
    begun: int = 0
    rate: float = 0.0
    epoch_start: GeneratorState = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.moment = Moment(
            self.network, self.epochs, steps_per_epoch=len(self.data), snapshot=partial(snapshot_of, self)
        )
        self.measures = Measures(self.metrics)
        self.epoch_start = self.start

    def run(self) -> History:
        """Train until the last epoch is done or a callback stops; callbacks are told of the end in any case."""
        moment = self.moment
        self.optimization.progress = evolve(self.optimization.progress, steps_per_epoch=len(self.data))
        self.states = [callback.start(moment) for callback in self.callbacks]
        if self.resume is not None:
            self.resume.restore(self)
        self.display.start(moment)
        try:
            while moment.epoch < self.epochs and not moment.stop_reason:
                self._epoch(moment)
        finally:
            self.history.stop_reason = moment.stop_reason
            self.display.finish(moment)
            for callback, state in zip(self.callbacks, self.states, strict=True):
                callback.finish(state, moment)
        return self.history

    def _epoch(self, moment: Moment) -> None:
        listeners = list(zip(self.callbacks, self.states, strict=True))
        if not self.begun:
            self._begin(moment, listeners)
        for batch in self._batches():
            moment.logs["loss"] = self.step(batch, self.measures)
            moment.step = self.begun = self.begun + 1
            for callback, state in listeners:
                callback.after_step(state, moment)
            self.display.after_step(moment)
        if not moment.step:
            raise DataError("there is no data to learn from: the epoch had no batches")
        moment.logs = self.measures.values()
        if self.validation is not None:
            validated = evaluate(self.network, self.validation, self.metrics)
            moment.logs |= {f"val_{name}": value for name, value in validated.items()}
        moment.logs["learning_rate"] = self.rate
        moment.epoch, self.begun = moment.epoch + 1, 0
        self.optimization.end_epoch(moment.logs.get("val_loss", moment.logs["loss"]))
        self.history.epochs.append(moment.logs)
        for callback, state in listeners:
            callback.after_epoch(state, moment)
        self.display.after_epoch(moment)

    def _begin(self, moment: Moment, listeners: Sequence[tuple[Callback[object], object]]) -> None:
        moment.step, moment.logs = 0, {}
        for callback, state in listeners:
            callback.before_epoch(state, moment)
        self.rate = self.optimization.learning_rate
        self.measures = Measures(self.metrics)
        self.epoch_start = self.network.rng.bit_generator.state

    def _batches(self) -> Iterator[Batch]:
        """Iterate over the rest of the epoch: what is done is drawn once more, and the generator put back."""
        rng = self.network.rng if self.shuffle else None
        batches = self.data.batches(rng)
        if self.begun:
            now = self.network.rng.bit_generator.state
            self.network.rng.bit_generator.state = self.epoch_start
            for _ in islice(batches, self.begun):
                pass
            self.network.rng.bit_generator.state = now
        return batches

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
