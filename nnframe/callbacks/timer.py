"""Timer: how long the epochs take, and an end to a run that takes too long."""

from __future__ import annotations

from time import perf_counter

import attrs
from attrs import define, frozen

from nnframe.checks import positive, truth
from nnframe.interfaces import Callback, Moment

__all__ = ["Times", "Timer"]


@define
class Times:
    """Seconds, validation and callbacks before this one included.

    Attributes:
        epochs: Of each whole epoch.
        begun: Of the epoch after them so far.
        since: When that began, by the clock of this process.
    """

    epochs: list[float] = attrs.field(factory=list)
    begun: float = 0.0
    since: float = attrs.field(default=0.0, repr=False)

    @property
    def total(self) -> float:
        """Of the whole run, whatever was before a resumption included."""
        return sum(self.epochs) + self.begun


@frozen
class Timer(Callback[Times]):
    """Adds ``seconds`` to the numbers of each epoch, and leaves ``history.reports["timer"]``.

    Args:
        limit: Stop once the run has taken so many seconds.
        at_once: Whether to stop in the middle of an epoch, which is then not in the history; else after it.

    >>> from nnframe import Model
    >>> history = Model(["tanh"], loss="mse", input_shape=(1,)).fit([[0.0]], [[2.0]], epochs=3,
    ...                                                             callbacks=["timer"], progress=False)
    >>> history.reports["timer"].epochs == history["seconds"]
    True
    """

    limit: float | None = attrs.field(default=None, validator=attrs.validators.optional(positive))
    at_once: bool = attrs.field(default=False, validator=truth)

    def start(self, moment: Moment) -> Times:
        return Times()

    def resumed(self, state: Times, moment: Moment) -> None:
        state.since = perf_counter() - state.begun

    def before_epoch(self, state: Times, moment: Moment) -> None:
        state.since = perf_counter()

    def after_step(self, state: Times, moment: Moment) -> None:
        state.begun = perf_counter() - state.since
        if self.at_once:
            self._look(state, moment)
            moment.at_once = moment.at_once or bool(self.limit and state.total > self.limit)

    def after_epoch(self, state: Times, moment: Moment) -> None:
        seconds = perf_counter() - state.since
        state.begun = 0.0
        state.epochs.append(seconds)
        moment.logs[moment.label(self, "seconds")] = seconds
        self._look(state, moment)

    def _look(self, state: Times, moment: Moment) -> None:
        if self.limit is not None and state.total > self.limit:
            moment.stop_reason = f"it took more than {self.limit:g} seconds"

    def finish(self, state: Times, moment: Moment) -> None:
        moment.reports[moment.label(self, "timer")] = state
