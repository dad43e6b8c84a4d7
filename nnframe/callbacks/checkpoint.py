"""Checkpoint: writes down where training is, so that it can be gone on with."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, ClassVar, Literal, cast

import attrs
from attrs import define, frozen

from nnframe.checks import not_nan, whole_from_one
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Callback, Mode, Moment
from nnframe.paths import as_path_text
from nnframe.training.monitor import find_direction, read_monitored

if TYPE_CHECKING:
    from nnframe.model import Model
    from nnframe.training.snapshot import Snapshot

__all__ = ["Best", "Checkpoint"]


@define
class Best:
    """The best value seen so far; lower is better."""

    value: float = attrs.field(default=inf, validator=not_nan)


@frozen
class Checkpoint(Callback[Best | None]):
    """Writes a checkpoint, from which ``model.fit(..., resume=path)`` goes on exactly and ``Model.load`` makes a model.

    The file is written atomically: whenever the run is killed, the last whole one is there. What is remembered is
    written after all other callbacks have been told of the same event. The model in the file is the one that was
    measured: after a validation with ``EMA`` it has the averages, and the run goes on with the parameters all the same.

    Args:
        path: The file; ``{epoch}`` and ``{step}`` in it are replaced, which keeps all of them.
        every: After how many epochs, or steps, a checkpoint is written.
        unit: What ``every`` counts. Steps count from the beginning of each epoch.
        monitor: Write only when this number is better than ever before: ``"val_loss"``, for example.
        mode: ``"min"`` where lower is better, ``"max"`` where higher is; ``"auto"`` asks the metric, and is ``"min"``
            for a loss and for a number of which no metric is known.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> import tempfile
    >>> model = Model([Dense(1)], loss="mse", input_shape=(1,))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/run.safetensors"
    ...     _ = model.fit([[0.0]], [[1.0]], epochs=2, callbacks=[Checkpoint(path)], progress=False)
    ...     len(Model.load(path).fit([[0.0]], [[1.0]], epochs=5, resume=path, progress=False))
    5
    """

    last: ClassVar[bool] = True

    path: str = attrs.field(converter=as_path_text)
    every: int = attrs.field(default=1, validator=whole_from_one)
    unit: Literal["epoch", "step"] = attrs.field(default="epoch", validator=attrs.validators.in_(("epoch", "step")))
    monitor: str | None = None
    mode: Mode = attrs.field(default="auto", validator=attrs.validators.in_(("auto", "min", "max")))

    def __attrs_post_init__(self) -> None:
        if self.monitor is not None and self.unit == "step":
            raise ConfigurationError("monitor needs unit='epoch': what it looks at is measured after each epoch")

    def start(self, moment: Moment) -> Best | None:
        return None if self.monitor is None else Best()

    def after_step(self, state: Best | None, moment: Moment) -> None:
        if self.unit == "step" and moment.step % self.every == 0:
            self._write(moment)

    def after_epoch(self, state: Best | None, moment: Moment) -> None:
        due = moment.epoch % self.every == 0 or moment.epoch == moment.epochs or bool(moment.stop_reason)
        if self.unit == "epoch" and due and self._is_better(state, moment):
            self._write(moment)

    def _is_better(self, state: Best | None, moment: Moment) -> bool:
        if self.monitor is None or state is None:
            return True
        direction = find_direction(self.monitor, moment.better, self.mode)
        value = read_monitored(moment.logs, self.monitor, direction)
        if not value < state.value:
            return False
        state.value = value
        return True

    def _write(self, moment: Moment) -> None:
        from nnframe.persistence import save_checkpoint

        if moment.snapshot is None:
            raise ConfigurationError("a checkpoint can be written during a run only")
        path = self.path.replace("{epoch}", str(moment.epoch)).replace("{step}", str(moment.step))
        own = self.monitor is not None and not self.monitor.startswith("val_")
        save_checkpoint(
            cast("Model", moment.model), cast("Snapshot", moment.snapshot()), path, None if own else moment.measured
        )
