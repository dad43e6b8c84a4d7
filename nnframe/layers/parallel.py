"""Parallel: several inputs, a layer for each."""

from __future__ import annotations

from typing import cast

from attrs import frozen

from nnframe.interfaces import AnyPullback, AnyResult, Builder, Context
from nnframe.layers.arithmetic import as_tuple
from nnframe.layers.combinator import Combinator, located, pulled

__all__ = ["Parallel"]


@frozen
class Parallel(Combinator):
    """(y₁, ..., yₙ) = (f₁(x₁), ..., fₙ(xₙ)).

    The input is a tuple, one element for each layer; the output is a tuple, for a layer that joins it.

    Args:
        layers: f₁ to fₙ.
        names: What they are called in paths; by default 0, 1, 2, ...

    >>> from nnframe.layers import Dense
    >>> Parallel([Dense(2), Dense(3)], names=["left", "right"]).step(1)
    'right'
    """

    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        inputs = as_tuple(x, len(self.layers), "Parallel")
        built = [builder.build(step, layer, part) for (step, layer), part in zip(self.children, inputs, strict=True)]
        return tuple(parameters for parameters, _ in built), tuple(output for _, output in built)

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        values = cast("tuple[object, ...]", parameters)
        outputs: list[object] = []
        pullbacks: list[AnyPullback] = []
        index = 0
        try:
            for index, part in enumerate(as_tuple(x, len(self.layers), "Parallel")):
                output, pullback = self.layers[index].run(values[index], part, context.at(self.step(index)))
                outputs.append(output)
                pullbacks.append(pullback)
        except Exception as error:
            raise located(error, self.step(index)) from error.__cause__

        def pullback_each(upstream: object) -> tuple[object, object]:
            return pulled(self, pullbacks, cast("tuple[object, ...]", upstream))

        return tuple(outputs), pullback_each
