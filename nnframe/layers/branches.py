"""Branches: the base of combinators that give one input to several layers and join what comes out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import reduce
from typing import cast, final

import attrs
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ShapeError
from nnframe.interfaces import AnyLayer, AnyPullback, AnyResult, Builder, Context
from nnframe.interfaces.builder import describe
from nnframe.layers.arithmetic import added
from nnframe.layers.combinator import Combinator, located, pulled
from nnframe.layers.convert import as_layers

__all__ = ["Branches"]


@frozen
class Branches(Combinator):
    """y = join(f₁(x), ..., fₙ(x)); without layers, the input is a tuple and is joined itself."""

    layers: tuple[AnyLayer, ...] = attrs.field(default=(), converter=as_layers)

    @abstractmethod
    def join(self, outputs: tuple[Array, ...]) -> tuple[Array, Callable[[Array], tuple[Array, ...]]]:
        """Return the joined outputs, and the function from the upstream to the gradient of each."""

    @abstractmethod
    def check(self, outputs: tuple[Array, ...]) -> None:
        """Refuse outputs that cannot be joined, with a ``ShapeError``; called when the model is built."""

    @final
    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        built = [builder.build(step, layer, x) for step, layer in self.children]
        outputs = self._joinable(tuple(output for _, output in built) if self.layers else x)
        self.check(outputs)
        return tuple(parameters for parameters, _ in built), self.join(outputs)[0]

    @final
    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        values = cast("tuple[object, ...]", parameters)
        outputs: list[object] = []
        pullbacks: list[AnyPullback] = []
        index = 0
        try:
            for index, layer in enumerate(self.layers):
                output, pullback = layer.run(values[index], x, context.at(self.step(index)))
                outputs.append(output)
                pullbacks.append(pullback)
        except Exception as error:
            raise located(error, self.step(index)) from error.__cause__
        y, pull = self.join(self._joinable(tuple(outputs) if self.layers else x))

        def pullback_all(upstream: object) -> tuple[object, object]:
            parts = pull(cast("Array", upstream))
            if not pullbacks:
                return parts, ()
            input_gradients, gradients = pulled(self, pullbacks, parts)
            return reduce(added, input_gradients) if context.input_gradient else upstream, gradients

        return y, pullback_all

    def _joinable(self, outputs: object) -> tuple[Array, ...]:
        if not isinstance(outputs, tuple):
            raise ShapeError(
                f"{type(self).__name__} without layers joins a tuple of inputs, and got {describe(outputs)}"
            )
        return outputs
