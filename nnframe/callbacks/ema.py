"""EMA: the moving average of the parameters, which often predicts better than the last of them."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np
from attrs import define, frozen

from nnframe.arrays import Array
from nnframe.checks import fraction, truth, whole_from_zero
from nnframe.interfaces import Callback, Moment
from nnframe.training.values import check_values, keep, put_back

__all__ = ["EMA", "Averages"]


@define(eq=False)
class Averages:
    """The averages by path, how many steps they are made of, and what the model holds while they stand in for it."""

    values: dict[str, Array]
    steps: int = attrs.field(default=0, validator=whole_from_zero)
    kept: dict[str, Array] | None = None


@frozen
class EMA(Callback[Averages]):
    """a ← a + (1 - β)(θ - a) after each step, from a = θ before the first (Polyak and Juditsky 1992, with forgetting).

    Running statistics are averaged like parameters. Validation is measured with the averages; training goes on with
    the parameters, to the bit as if there were none. They are left in ``history.reports["ema"]``.

    What validation has measured is what ``EarlyStopping(restore_best=True)`` restores and ``Checkpoint`` writes: the
    averages, whatever the order of the callbacks.

    Args:
        decay: β.
        warm_up: Use min(β, (1 + t) / (10 + t)) at step t, so that the first values are soon forgotten.
        validate: Whether validation is measured with the averages.
        keep_at_end: Whether the model is left with the averages; not after a run that was broken off.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))
    >>> _ = model.fit([[0.0]], [[1.0]], optimizer={"name": "sgd", "learning_rate": 0.5}, callbacks=[EMA(0.75)],
    ...               progress=False)
    >>> model.parameters["0.bias"].value  # the step went to 1
    array([0.25])
    """

    first: ClassVar[bool] = True

    decay: float = attrs.field(default=0.999, validator=fraction)
    warm_up: bool = attrs.field(default=False, validator=truth)
    validate: bool = attrs.field(default=True, validator=truth)
    keep_at_end: bool = attrs.field(default=True, validator=truth)

    def start(self, moment: Moment) -> Averages:
        return Averages(keep(moment.model))

    def check_state(self, state: Averages, moment: Moment, epoch: int) -> None:
        check_values(moment.model, state.kept, "what stands aside for the averages")

    def after_step(self, state: Averages, moment: Moment) -> None:
        state.steps += 1
        step = state.steps
        decay = min(self.decay, (1 + step) / (10 + step)) if self.warm_up else self.decay
        for path, average in state.values.items():
            move = moment.model.parameters[path].value - average
            move *= 1 - decay
            np.add(average, move, out=average)

    def before_validation(self, state: Averages, moment: Moment) -> None:
        if self.validate:
            state.kept = keep(moment.model)
            put_back(moment.model, state.values)

    def after_validation(self, state: Averages, moment: Moment) -> None:
        if state.kept is not None:
            put_back(moment.model, state.kept)
            state.kept = None

    def finish(self, state: Averages, moment: Moment) -> None:
        self.after_validation(state, moment)  # where Ctrl-C came between the two
        moment.reports[moment.label(self, "ema")] = state.values
        if self.keep_at_end and not moment.broken_off:
            put_back(moment.model, state.values)
