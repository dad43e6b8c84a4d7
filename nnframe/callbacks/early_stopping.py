"""EarlyStopping: ends a run that no longer gets better."""

from __future__ import annotations

from math import inf

import attrs
from attrs import define, frozen

from nnframe.arrays import Array
from nnframe.callbacks.monitor import Mode, is_mode, monitored
from nnframe.callbacks.values import keep, put_back
from nnframe.checks import not_negative, truth, whole_from_one
from nnframe.interfaces import Callback, Moment

__all__ = ["BestEpoch", "EarlyStopping"]


@define(eq=False)
class BestEpoch:
    """The best epoch so far: its number, what was monitored (lower is better), and the values of the model."""

    epoch: int = 0
    value: float = inf
    values: dict[str, Array] | None = None


@frozen
class EarlyStopping(Callback[BestEpoch]):
    """Stops when a number has not become better for some epochs (Prechelt 1998, with patience for the criterion).

    Args:
        monitor: The number: ``"val_loss"``, ``"loss"``, a metric.
        mode: Whether better is lower or higher.
        patience: After how many epochs without a better one the run stops.
        min_delta: By how much better it has to be to count.
        restore_best: Leave the model as it was after its best epoch, running statistics among them, however the run
            ends; only one that is broken off (Ctrl-C, an error) leaves it where it is, so that another can go on.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))
    >>> history = model.fit([[0.0]], [[1.0]], optimizer={"name": "sgd", "learning_rate": 0.5}, epochs=100,
    ...                     callbacks=[EarlyStopping("loss", patience=2, min_delta=0.001)], progress=False)
    >>> len(history), history.stop_reason
    (4, 'loss has not become lower for 2 epochs: best 0 after epoch 2')
    """

    monitor: str = "val_loss"
    mode: Mode = attrs.field(default="min", validator=is_mode)
    patience: int = attrs.field(default=5, validator=whole_from_one)
    min_delta: float = attrs.field(default=0.0, validator=not_negative)
    restore_best: bool = attrs.field(default=False, validator=truth)

    def start(self, moment: Moment) -> BestEpoch:
        return BestEpoch()

    def after_epoch(self, state: BestEpoch, moment: Moment) -> None:
        value = monitored(moment, self.monitor, self.mode)
        if value < state.value - self.min_delta:
            state.epoch, state.value = moment.epoch, value
            state.values = keep(moment.model) if self.restore_best else None
        elif moment.epoch - state.epoch >= self.patience:
            better = "lower" if self.mode == "min" else "higher"
            reached = abs(state.value) if not state.value else state.value * (1 if self.mode == "min" else -1)
            moment.stop_reason = (
                f"{self.monitor} has not become {better} for {self.patience} epochs: "
                f"best {reached:.4g} after epoch {state.epoch}"
            )

    def finish(self, state: BestEpoch, moment: Moment) -> None:
        if state.values is not None and not moment.broken_off:
            put_back(moment.model, state.values)
