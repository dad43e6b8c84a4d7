"""TerminateOnNaN: stops before a number that is not finite gets into the model, and says where it came from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from attrs import define, frozen

from nnframe.arrays import Array
from nnframe.callbacks.first_broken import NonFinite, find_non_finite
from nnframe.interfaces import Callback, Moment

if TYPE_CHECKING:
    from nnframe.composition import Network

__all__ = ["TerminateOnNaN"]


@define(eq=False)
class Drawn:
    """The state of the model's random generator before the present step, to run it once more."""

    generator: Mapping[str, Any] | None = None


@frozen
class TerminateOnNaN(Callback[Drawn]):
    """Stops a run at the first loss or gradient that is nan or infinite, before the update that it would spoil.

    The step is run once more, with the same random numbers, to name the first layer and parameter that it came from:
    ``history.stop_reason`` says it, ``history.reports["terminate_on_nan"]`` has it as data.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="ones"), "exponential"], loss="mse", input_shape=(1,))
    >>> with np.errstate(over="ignore"):
    ...     history = model.fit([[1000.0]], [[0.0]], callbacks=["terminate_on_nan"], progress=False)
    >>> print(history.stop_reason)
    step 1 of epoch 1: the output of 1, Activation(Exponential()), is inf, and its input was finite
    """

    def start(self, moment: Moment) -> Drawn:
        return Drawn()

    def before_step(self, state: Drawn, moment: Moment) -> None:
        state.generator = cast("Network", moment.model).rng.bit_generator.state

    def before_update(self, state: Drawn, moment: Moment) -> None:
        with np.errstate(all="ignore"):
            if math.isfinite(moment.logs["loss"]) and all(
                _is_finite(each.gradient) for each in moment.model.parameters.values() if not each.statistic
            ):
                return
            found = find_non_finite(moment, state.generator)
        self._stop(moment, found)

    def after_epoch(self, state: Drawn, moment: Moment) -> None:
        """Look at what the last update made: no step will."""
        for path, parameter in moment.model.parameters.items():
            if not _is_finite(parameter.value):
                self._stop(moment, NonFinite.of_parameter(moment, path, parameter.value))
                return

    def _stop(self, moment: Moment, found: NonFinite) -> None:
        moment.at_once = True
        moment.stop_reason = str(found)
        moment.reports[moment.label(self, "terminate_on_nan")] = found


def _is_finite(array: Array) -> bool:
    flat = array.ravel()
    with np.errstate(all="ignore"):
        return math.isfinite(float(flat.dot(flat))) or bool(np.isfinite(flat).all())
