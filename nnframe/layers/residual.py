"""Residual: layers with a connection that skips them."""

from __future__ import annotations

from attrs import frozen

from nnframe.errors import ShapeError
from nnframe.interfaces import AnyResult, Builder, Context
from nnframe.interfaces.builder import describe
from nnframe.layers.arithmetic import added, shape_of
from nnframe.layers.sequential import Sequential

__all__ = ["Residual"]


@frozen
class Residual(Sequential):
    """y = x + fₙ(... f₁(x)).

    Source: He et al. 2016.

    Args:
        layers: f₁ to fₙ, whose output has the shape of x.
        names: What they are called in paths; by default 0, 1, 2, ...

    >>> from nnframe.layers import Dense
    >>> Residual([Dense(4), "tanh"]).names
    ()
    """

    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        parameters, output = super().build(x, builder)
        if shape_of(output) != shape_of(x):
            raise ShapeError(
                f"the layers inside a Residual must keep the shape: they were given {describe(x)} and gave "
                f"{describe(output)}; end them with a layer that gives {shape_of(x)[1:]} again"
            )
        return parameters, added(x, output)

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        output, pullback = super().run(parameters, x, context)

        def pullback_with_skip(upstream: object) -> tuple[object, object]:
            dx, gradient = pullback(upstream)
            return added(dx, upstream) if context.input_gradient else upstream, gradient

        return added(x, output), pullback_with_skip
