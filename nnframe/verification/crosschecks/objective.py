"""A model as a function of one vector: from all its parameters to the loss and its gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnframe.arrays import Array
from nnframe.composition import Network, from_vector, to_vector
from nnframe.interfaces import Context
from nnframe.verification.checks.composition import make_model_function

__all__ = ["Objective", "objective_of"]

Objective = Callable[[Array], tuple[float, Array]]
"""A point to a value and a gradient."""


def objective_of(model: Network, x: object, y: object, *, seed: int = 0) -> tuple[Objective, Array]:
    """A model's loss, regularization included, as a function of its parameters in double precision; and where it is.

    The model runs as in a training step, with the same random numbers every time. It is left as it was.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))
    >>> objective, point = objective_of(model, [[1.0]], [[2.0]])
    >>> objective(point)
    (4.0, array([-4., -4.]))
    """
    data, target = model.prepare(x, y)
    function = make_model_function(model, data, target, lambda: Context(training=True, rng=np.random.default_rng(seed)))
    paths = [each.path for each in model.trained if each.path in function.values]
    like = {path: function.values[path].astype(np.float64) for path in paths}
    rest = {path: value for path, value in function.values.items() if path not in like}

    def objective(point: Array) -> tuple[float, Array]:
        loss, pull = function.run({**rest, **from_vector(point, like)})
        gradients = pull(np.ones((), np.float64))
        return float(loss.reshape(())), to_vector({path: np.asarray(gradients[path], np.float64) for path in paths})

    return objective, to_vector(like)
