"""EarlyStopping: ends a run that no longer gets better."""

from __future__ import annotations

from math import inf

import attrs
from attrs import define, frozen

from nnframe.arrays import Array
from nnframe.checks import not_nan, not_negative, truth, whole_from_one, whole_from_zero
from nnframe.errors import FileFormatError
from nnframe.interfaces import Callback, Direction, Mode, Moment
from nnframe.training.monitor import find_direction, read_monitored
from nnframe.training.values import check_values, keep, put_back

__all__ = ["BestEpoch", "EarlyStopping"]


@define(eq=False)
class BestEpoch:
    """The best epoch so far: its number, what was monitored (lower is better), and the values of the model."""

    epoch: int = attrs.field(default=0, validator=whole_from_zero)
    value: float = attrs.field(default=inf, validator=not_nan)
    values: dict[str, Array] | None = None


@frozen
class EarlyStopping(Callback[BestEpoch]):
    """Stops when a number has not become better for some epochs (Prechelt 1998, with patience for the criterion).

    Args:
        monitor: The number: ``"val_loss"``, ``"loss"``, a metric.
        mode: ``"min"`` where lower is better, ``"max"`` where higher is; ``"auto"`` asks the metric, and is ``"min"``
            for a loss and for a number of which no metric is known.
        patience: After how many epochs without a better one the run stops.
        min_delta: By how much better it has to be to count.
        restore_best: Leave the model as it was after its best epoch, running statistics among them, however the run
            ends, with the values that the number was measured with (of ``EMA``, the averages). Only a run that is
            broken off (Ctrl-C, an error) leaves the model where it is, so that another can go on.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))
    >>> history = model.fit([[0.0]], [[1.0]], optimizer={"name": "sgd", "learning_rate": 0.5}, epochs=100,
    ...                     callbacks=[EarlyStopping("loss", patience=2, min_delta=0.001)], progress=False)
    >>> len(history), history.stop_reason
    (4, 'loss has not become lower for 2 epochs: best 0 after epoch 2')
    """

    monitor: str = "val_loss"
    mode: Mode = attrs.field(default="auto", validator=attrs.validators.in_(("auto", "min", "max")))
    patience: int = attrs.field(default=5, validator=whole_from_one)
    min_delta: float = attrs.field(default=0.0, validator=not_negative)
    restore_best: bool = attrs.field(default=False, validator=truth)

    def start(self, moment: Moment) -> BestEpoch:
        return BestEpoch()

    def check_state(self, state: BestEpoch, moment: Moment, epoch: int) -> None:
        if state.epoch > epoch:
            raise FileFormatError(f"the best epoch cannot be {state.epoch} of {epoch}")
        check_values(moment.model, state.values, "the values of the best epoch")

    def after_epoch(self, state: BestEpoch, moment: Moment) -> None:
        direction = find_direction(self.monitor, moment.better, self.mode)
        value = read_monitored(moment.logs, self.monitor, direction)
        if value < state.value - self.min_delta:
            state.epoch, state.value = moment.epoch, value
            state.values = self._keep(moment) if self.restore_best else None
        elif moment.epoch - state.epoch >= self.patience:
            moment.stop_reason = self._say_why(state, direction)

    def _keep(self, moment: Moment) -> dict[str, Array]:
        """Return the values that the number was measured with."""
        if moment.measured is not None and self.monitor.startswith("val_"):
            return {path: value.copy() for path, value in moment.measured.items()}
        return keep(moment.model)

    def _say_why(self, state: BestEpoch, direction: Direction) -> str:
        if not state.epoch:
            return f"{self.monitor} has not been a finite number in {self.patience} epochs"
        better, sign = ("lower", 1) if direction == "min" else ("higher", -1)
        return (
            f"{self.monitor} has not become {better} for {self.patience} epochs: "
            f"best {state.value * sign + 0.0:.4g} after epoch {state.epoch}"
        )

    def finish(self, state: BestEpoch, moment: Moment) -> None:
        if state.values is not None and not moment.broken_off:
            put_back(moment.model, state.values)
