"""advise: follows every piece of advice, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from nnframe.advice import arrangement, learning, numerics, second
from nnframe.advice.advice import Advice, AdviceReport, Status
from nnframe.advice.trial import Trial
from nnframe.errors import NNFrameError
from nnframe.model import Model

__all__ = ["ALL", "advise"]

Check = Callable[[Trial], Advice]
ALL: Sequence[Check] = (
    arrangement.few_examples,
    arrangement.every_tensor,
    arrangement.replayed_dropout,
    arrangement.regularization_apart,
    numerics.double_precision,
    numerics.floats_in_range,
    numerics.relative_errors,
    numerics.centred_formula,
    numerics.step_size,
    numerics.kinks,
    second.taylor_remainder,
    second.symmetric_second_derivatives,
    arrangement.after_burn_in,
    learning.loss_at_chance,
    learning.stronger_regularization,
    learning.overfit_a_few,
)


def advise(model: Model, x: object, y: object, *, seed: int = 0, checks: Sequence[Check] = ALL) -> AdviceReport:
    """Follow the published advice on gradient checking and on first training runs; the model is left as it was.

    Args:
        model: With a loss.
        x, y: Some examples, better all of them.
        seed: Repeats the same report.
        checks: Which advice to follow; a function of one's own from ``Trial`` to ``Advice`` will do.

    Raises:
        NNFrameError: The data do not fit the model, or it has no loss.

    >>> import numpy as np
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1)], loss="mse", input_shape=(2,))
    >>> report = advise(model, np.eye(2), np.ones((2, 1)), checks=[arrangement.few_examples])
    >>> print(report)
    fine     use few examples: 2 of 2 examples
    """
    started = time.perf_counter()
    trial = Trial.of(model, x, y, seed)
    return AdviceReport(tuple(_follow(check, trial) for check in checks), time.perf_counter() - started)


def _follow(check: Check, trial: Trial) -> Advice:
    """What a check saw; one that cannot be carried out says why, and hides no other."""
    try:
        return check(trial)
    except (NNFrameError, ArithmeticError, ValueError) as error:
        return Advice(check.__name__.replace("_", " "), Status.LOOK, f"could not be tried: {error}")
