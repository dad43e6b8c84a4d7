"""Checks: what a network asks of the data that it is given, batch by batch."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from attrs import define, field

from nnframe.arrays import Array, Booleans, Shape
from nnframe.composition import Network
from nnframe.composition.examples import Examples, count, take
from nnframe.composition.targets import prepare_target
from nnframe.errors import ConfigurationError, DataError, ShapeError
from nnframe.interfaces import Batch, Context

__all__ = ["Checks", "checked_weights"]


@define(eq=False)
class Checks:
    """Makes batches that a network can compute with out of what a user gives, or says what is wrong with them.

    What the network makes of one example is asked once for every shape of inputs.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> Checks(Model([Dense(2)], loss="mse", input_shape=(1,))).batch([[1]], [[2, 3]])
    Batch(x=array([[1.]]), y=array([[2., 3.]]), sample_weight=None, mask=None)
    """

    network: Network
    _outputs: dict[object, Shape] = field(factory=dict, init=False)

    def batch(self, x: object, y: object, sample_weight: object = None, mask: object = None) -> Batch:
        """Return a batch of prepared arrays.

        Raises:
            ShapeError, DtypeError, DataError: The network cannot learn from it.
        """
        network = self.network
        if network.loss is None:
            raise ConfigurationError("this model has no loss: give Model(..., loss=...) one, for example 'mse'")
        data = network.inputs.prepare(x)
        examples = count(data)
        if not examples:
            raise DataError("there is no data to learn from: x has no examples")
        padding: Booleans | None = None if mask is None else np.asarray(mask, dtype=bool)
        shape = (examples, *self._output(data, padding))
        target = prepare_target(y, shape, network.dtype)
        network.loss.check(shape, target)
        return Batch(data, target, checked_weights(sample_weight, shape[:-1] or shape, network.dtype), padding)

    @property
    def axes(self) -> int:
        """The number of axes of the predictions, the batch among them."""
        return cast("Array", self.network.structure.outputs[()]).ndim

    def _output(self, data: Examples, mask: Booleans | None) -> Shape:
        """Return the shape of what the network makes of one example."""
        arrays = data if isinstance(data, tuple) else (data,)
        key = tuple(array.shape[1:] for array in arrays)
        if key not in self._outputs:
            context = Context(mask=None if mask is None else mask[:1])
            output = self.network.layer.run(self.network.tree, take(data, slice(1)), context)[0]
            self._outputs[key] = cast("Array", output).shape[1:]
        return self._outputs[key]


def checked_weights(weight: object, rows: Shape, dtype: np.dtype[Any]) -> Array | None:
    """Return the weights of examples, or of time steps, as an array; None for all alike.

    Args:
        weight: What the user gave.
        rows: (examples, time, ...), of which the weights have the first axes, or all.
        dtype: The model's dtype.
    """
    if weight is None:
        return None
    array: Array = np.asarray(weight, dtype=dtype)
    if not array.ndim or array.shape != rows[: array.ndim]:
        steps = f" or {rows}, one for each step" if len(rows) > 1 else ""
        raise ShapeError(
            f"sample_weight must have shape ({rows[0]},), one for each example{steps}, and has {array.shape}"
        )
    if not np.isfinite(array).all() or (array < 0).any():
        raise DataError("sample_weight must be finite and not negative")
    return array
