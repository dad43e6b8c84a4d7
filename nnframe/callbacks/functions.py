"""Lambda: functions as a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs
from attrs import frozen

from nnframe.interfaces import Callback, Moment

__all__ = ["Lambda"]

Told: TypeAlias = Callable[[Moment], object]

_is_function = attrs.validators.optional(attrs.validators.is_callable())


@frozen(kw_only=True)
class Lambda(Callback):
    """Calls functions with the moment, one for each event that is given one.

    For a notebook. Functions have no place in a file: for an experiment's file, or to remember something over a
    checkpoint, write a class of ten lines (``nnframe plugins new`` writes the first of them).

    Args:
        on_start, on_resumed, on_before_epoch, ...: What to call at ``start``, ``resumed``, ``before_epoch``, ...

    >>> from nnframe import Model
    >>> epochs = []
    >>> _ = Model(["tanh"], loss="mse", input_shape=(1,)).fit(
    ...     [[0.0]], [[2.0]], epochs=3, callbacks=[Lambda(on_after_epoch=lambda moment: epochs.append(moment.epoch))],
    ...     progress=False)
    >>> epochs
    [1, 2, 3]
    """

    on_start: Told | None = attrs.field(default=None, validator=_is_function)
    on_resumed: Told | None = attrs.field(default=None, validator=_is_function)
    on_before_epoch: Told | None = attrs.field(default=None, validator=_is_function)
    on_before_step: Told | None = attrs.field(default=None, validator=_is_function)
    on_before_update: Told | None = attrs.field(default=None, validator=_is_function)
    on_after_step: Told | None = attrs.field(default=None, validator=_is_function)
    on_before_validation: Told | None = attrs.field(default=None, validator=_is_function)
    on_after_validation: Told | None = attrs.field(default=None, validator=_is_function)
    on_after_epoch: Told | None = attrs.field(default=None, validator=_is_function)
    on_finish: Told | None = attrs.field(default=None, validator=_is_function)

    def start(self, moment: Moment) -> None:
        _call(self.on_start, moment)

    def resumed(self, state: None, moment: Moment) -> None:
        _call(self.on_resumed, moment)

    def before_epoch(self, state: None, moment: Moment) -> None:
        _call(self.on_before_epoch, moment)

    def before_step(self, state: None, moment: Moment) -> None:
        _call(self.on_before_step, moment)

    def before_update(self, state: None, moment: Moment) -> None:
        _call(self.on_before_update, moment)

    def after_step(self, state: None, moment: Moment) -> None:
        _call(self.on_after_step, moment)

    def before_validation(self, state: None, moment: Moment) -> None:
        _call(self.on_before_validation, moment)

    def after_validation(self, state: None, moment: Moment) -> None:
        _call(self.on_after_validation, moment)

    def after_epoch(self, state: None, moment: Moment) -> None:
        _call(self.on_after_epoch, moment)

    def finish(self, state: None, moment: Moment) -> None:
        _call(self.on_finish, moment)


def _call(function: Told | None, moment: Moment) -> None:
    if function is not None:
        function(moment)
