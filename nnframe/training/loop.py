"""The training loop: epochs of steps, with the events that callbacks are told of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from typing import TypeAlias

import attrs
from attrs import define, evolve, field

from nnframe.composition import Network
from nnframe.errors import DataError
from nnframe.interfaces import Batch, Callback, Dataset, Display, Metric, Moment
from nnframe.interruption import DeferredInterrupt
from nnframe.training.divergence import Divergence
from nnframe.training.evaluation import Measures, evaluate
from nnframe.training.history import History
from nnframe.training.naming import find_better, name_metrics, tell_apart
from nnframe.training.optimization import Optimization
from nnframe.training.pieces import compute_in_pieces
from nnframe.training.snapshot import GeneratorState, Resumption, snapshot_of
from nnframe.training.values import has_values, keep

__all__ = ["TrainingRun"]

Listeners: TypeAlias = list[tuple[Callable[[object, Moment], None], object]]
"""What is to be called at an event, each with its state."""

EVENTS = (
    "resumed",
    "before_epoch",
    "before_step",
    "before_update",
    "after_step",
    "before_validation",
    "after_validation",
    "after_epoch",
)


def _in_order(callbacks: Sequence[Callback[object]]) -> list[Callback[object]]:
    return sorted(callbacks, key=lambda callback: callback.last - callback.first)


@define(eq=False, on_setattr=attrs.setters.NO_OP)  # converters would be asked at every step
class TrainingRun:
    """One call of ``fit``: what it trains, on what, who listens, and where it is.

    Attributes:
        start: The state of the model's generator before the run drew anything.
        resume: The run that this one goes on with.
        micro_batch_size: How many examples of a batch are computed at a time; None for all.
        begun: Steps done in the present epoch.
        rate: The learning rate that it began with.
        epoch_start: The state of the model's generator before this epoch drew anything.
        heard: Whom to call at each event.
        interrupt: Holds Ctrl-C back while something is half done.
        names: What the metrics are called.
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
    micro_batch_size: int | None = None
    history: History = field(factory=History)
    moment: Moment = field(init=False)
    states: list[object] = field(init=False)
    names: Sequence[str] = field(init=False)
    measures: Measures = field(init=False)
    divergence: Divergence = field(init=False)
    begun: int = 0
    rate: float = 0.0
    epoch_start: GeneratorState = field(init=False)
    heard: dict[str, Listeners] = field(factory=dict)
    interrupt: DeferredInterrupt = field(factory=DeferredInterrupt)

    def __attrs_post_init__(self) -> None:
        self.names = name_metrics(self.metrics)
        self.history.better = find_better(self.metrics, self.names)
        self.moment = Moment(
            self.network,
            self.epochs,
            steps_per_epoch=len(self.data),
            reports=self.history.reports,
            snapshot=partial(snapshot_of, self),
            better=self.history.better,
            suffixes={
                id(part): own for part, own in zip(self.callbacks, tell_apart(self.callbacks), strict=True) if own
            },
        )
        self.measures = Measures(self.metrics, self.names)
        self.divergence = Divergence(self.network)
        self.display = next(filter(None, (callback.display() for callback in self.callbacks)), self.display)
        self.epoch_start = self.start

    def run(self) -> History:
        """Train until the last epoch is done or a callback stops; callbacks are told of the end in any case."""
        self.optimization.progress = evolve(self.optimization.progress, steps_per_epoch=len(self.data))
        self.interrupt.run(self._run)
        return self.history

    def _run(self) -> None:
        moment = self.moment
        self._start(moment)
        try:
            try:
                self.display.start(moment)
                while moment.epoch < self.epochs and not (moment.stop_reason or moment.at_once):
                    self._epoch(moment)
            finally:
                self.interrupt.held = True
        except BaseException as error:
            moment.broken_off = True
            interrupted = isinstance(error, KeyboardInterrupt) or self.interrupt.raised is not None
            moment.stop_reason = "interrupted" if interrupted else f"failed with {type(error).__name__}"
            raise
        finally:
            self._finish(moment)

    def _start(self, moment: Moment) -> None:
        self.states = [callback.start(moment) for callback in self.callbacks]
        if self.resume is not None:
            self.interrupt.hold()
            self.resume.restore(self)
            self.interrupt.release()
            self._listen()
            self._tell("resumed")
        self._listen()

    def _finish(self, moment: Moment) -> None:
        """Tell everybody of the end, whatever any of them raises."""
        self.history.stop_reason = moment.stop_reason
        with ExitStack() as last_first:
            for callback, state in zip(reversed(self.callbacks), reversed(self.states), strict=True):
                last_first.callback(callback.finish, state, moment)
            last_first.callback(self.display.finish, moment)

    def _listen(self) -> None:
        """Find whom to call at each event: those that define it, each with its state."""
        for event in EVENTS:
            unheard = getattr(Callback, event)
            self.heard[event] = [
                (getattr(callback, event), state)
                for callback, state in zip(self.callbacks, self.states, strict=True)
                if getattr(type(callback), event) is not unheard
            ]

    def _tell(self, event: str, *, last_first: bool = False) -> None:
        heard = self.heard[event]
        for call, state in reversed(heard) if last_first else heard:
            call(state, self.moment)

    def _epoch(self, moment: Moment) -> None:
        if not self.begun:
            self._begin(moment)
        self._steps(moment)
        if moment.at_once:
            return
        if not moment.step:
            raise DataError("there is no data to learn from: the epoch had no batches")
        logs = self.measures.values()
        if self.validation is not None:
            logs |= self._validate(self.validation)
        logs["learning_rate"] = self.rate
        self.interrupt.hold()
        moment.logs = logs
        moment.epoch, self.begun = moment.epoch + 1, 0
        self.optimization.end_epoch(self.optimization.read_monitored(logs, self.history.better))
        self.history.epochs.append(logs)
        self.interrupt.release()
        self._tell("after_epoch")
        self.display.after_epoch(moment)

    def _steps(self, moment: Moment) -> None:
        moment.measured = None
        before, after = self.heard["before_step"], self.heard["after_step"]
        for batch in self._batches():
            moment.batch = batch
            for call, state in before:
                call(state, moment)
            moment.logs["loss"] = self.step(batch, self.measures)
            if not moment.at_once:
                moment.step = self.begun = self.begun + 1
                for call, state in after:
                    call(state, moment)
                self.display.after_step(moment)
            if moment.at_once:
                break
        moment.batch = None

    def _validate(self, data: Dataset) -> dict[str, float]:
        try:
            self._tell("before_validation")
            exchanged = keep(self.network) if self.heard["before_validation"] else None
            validated = evaluate(self.network, data, self.metrics, self.names)
        finally:
            self._tell("after_validation", last_first=True)
        if exchanged is not None and not has_values(self.network, exchanged):
            self.moment.measured = exchanged
        return {f"val_{name}": value for name, value in validated.items()}

    def _begin(self, moment: Moment) -> None:
        moment.step, moment.logs = 0, {}
        self._tell("before_epoch")
        self.rate = self.optimization.learning_rate
        self.measures = Measures(self.metrics, self.names)
        if self.callbacks:  # one of them may write down where the run is
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
        """Take one step on one batch, and none where nothing in it counts; returns its loss."""
        network = self.network
        context = network.step_context(batch.mask)
        if self.micro_batch_size is None:
            loss, gradients, prediction, weight = network.compute_weighted(
                batch.x, batch.y, context, batch.sample_weight
            )
        else:
            loss, gradients, prediction, weight = compute_in_pieces(network, batch, context, self.micro_batch_size)
        if not weight:
            return loss
        if self.heard["before_update"]:
            self.moment.logs["loss"] = loss
            self._tell("before_update")
            if self.moment.at_once:
                return loss
        limit = self.divergence.limit
        if not -limit < loss < limit:
            self._look(loss, batch)
        interrupt = self.interrupt
        interrupt.hold()
        self.optimization.step(gradients)
        if context.recorded:
            network.store(context.recorded)
        measures.update(loss * weight, weight, prediction, batch)
        interrupt.release()
        return loss if math.isfinite(loss) else math.nan

    def _look(self, loss: float, batch: Batch) -> None:
        where = f"step {self.moment.step + 1} of epoch {self.moment.epoch + 1}"
        self.divergence.look(loss, batch, self.micro_batch_size, where)
