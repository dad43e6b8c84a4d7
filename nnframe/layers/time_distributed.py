"""TimeDistributed: a layer applied to every step of a sequence by itself."""

from __future__ import annotations

from typing import cast

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.interfaces import AnyLayer, AnyResult, Builder, Context
from nnframe.interfaces.builder import describe
from nnframe.layers.convert import as_layer

__all__ = ["TimeDistributed"]


@frozen
class TimeDistributed(AnyLayer):
    """y[:, t] = f(x[:, t]) for every t, with one set of parameters: (batch, length, ...) -> (batch, length, ...).

    Steps are treated as examples: f sees a batch of batch · length, and no mask. Its parameters have the paths that
    they would have here without it.

    Args:
        layer: f.

    >>> from nnframe import Model
    >>> from nnframe.layers import Conv2D
    >>> Model([TimeDistributed(Conv2D(4))], input_shape=(5, 8, 8, 1)).predict(np.zeros((2, 5, 8, 8, 1))).shape
    (2, 5, 6, 6, 4)
    """

    layer: AnyLayer = attrs.field(converter=as_layer)

    @property
    def children(self) -> tuple[tuple[str | int, AnyLayer], ...]:
        return self.layer.children

    @property
    def straight_through(self) -> bool:
        return self.layer.straight_through

    @property
    def batch_independent(self) -> bool:
        return self.layer.batch_independent

    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        merged, length = _merged(x)
        parameters, output = self.layer.build(merged, builder)
        return parameters, _parted(output, length)

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        merged, length = _merged(x)
        inner = context if context.mask is None else attrs.evolve(context, mask=None)
        y, pullback = self.layer.run(parameters, merged, inner)

        def pullback_merged(upstream: object) -> tuple[object, object]:
            dx, gradient = pullback(_merged(upstream)[0])
            return _parted(dx, length) if context.input_gradient else upstream, gradient

        return _parted(y, length), pullback_merged


def _merged(x: object) -> tuple[Array, int]:
    """(batch · length, ...), and the length."""
    if not isinstance(x, np.ndarray) or x.ndim < 2 or x.shape[1] < 1:
        raise ShapeError(f"TimeDistributed expects (batch, length, ...) with at least one step, got {describe(x)}")
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:]), x.shape[1]


def _parted(y: object, length: int) -> object:
    """(batch, length, ...); None where there is no gradient."""
    if y is None:
        return None
    if not hasattr(y, "shape"):
        raise ShapeError(f"the layer inside a TimeDistributed must give one array, and gave {describe(y)}")
    array = cast("Array", y)
    return array.reshape(array.shape[0] // length, length, *array.shape[1:])
