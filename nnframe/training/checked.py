"""Checks: what a network asks of the data that it is given, batch by batch."""

from __future__ import annotations

from typing import cast

from attrs import define, field

from nnframe.arrays import Array, Booleans, Shape
from nnframe.composition import Network
from nnframe.composition.examples import Examples, count, take
from nnframe.composition.targets import prepare_target
from nnframe.composition.weighting import prepare_mask, prepare_weights
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces import Batch, Context

__all__ = ["Checks"]


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
        padding = None if mask is None else prepare_mask(mask, data, network)
        shape = (examples, *self._output(data, padding))
        target = prepare_target(y, shape, network.dtype)
        network.loss.check(shape, target)
        weight = prepare_weights(sample_weight, examples, network.dtype, shape[1:-1])
        return Batch(data, target, weight, padding)

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
