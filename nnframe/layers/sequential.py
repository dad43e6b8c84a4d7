"""Sequential: one layer after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from nnframe.errors import ConfigurationError
from nnframe.interfaces import NO_PARAMETERS, AnyLayer, AnyPullback, AnyResult, Builder, Context, Part
from nnframe.layers.combinator import Combinator, located
from nnframe.layers.convert import LayersSpec, as_layers

__all__ = ["Sequential", "as_root"]


@frozen
class Sequential(Combinator):
    """y = fₙ(... f₂(f₁(x))).

    Args:
        layers: f₁ to fₙ: parts, registry names, or ``{"name": ..., options}``.
        names: What they are called in paths; by default 0, 1, 2, ...

    >>> from nnframe.layers import Dense
    >>> Sequential([Dense(8), "tanh", Dense(2)]).children[1]
    (1, Activation(activation=Tanh()))
    """

    def __attrs_post_init__(self) -> None:
        if not self.layers:
            raise ConfigurationError(f"{type(self).__name__} needs at least one layer, got none")

    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        parameters = []
        for step, layer in self.children:
            values, x = builder.build(step, layer, x)
            parameters.append(values)
        return tuple(parameters), x

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        values: tuple[object, ...] = parameters  # type: ignore[assignment]  # a cast is a call
        pullbacks: list[AnyPullback] = []
        quiet, inner, hidden = context.observer is None, context, context.hidden
        try:
            for layer, value in zip(self.layers, values):  # noqa: B905  # an argument by name takes longer than the loop
                x, pullback = layer.run(value, x, inner if quiet else inner.at(self.step(len(pullbacks))))
                pullbacks.append(pullback)
                if value is not NO_PARAMETERS:  # the way back ends here when nobody reads the input's gradient
                    inner = hidden
        except Exception as error:
            raise located(error, self.step(len(pullbacks))) from error.__cause__

        def pullback_all(upstream: object) -> tuple[object, object]:
            gradients: list[object] = []
            read = context.input_gradient or values[0] is not NO_PARAMETERS
            unread = 0 if read else _first_with_parameters(values)
            try:
                for pullback in reversed(pullbacks[unread:] if unread else pullbacks):
                    upstream, gradient = pullback(upstream)
                    gradients.append(gradient)
            except Exception as error:
                raise located(error, self.step(len(pullbacks) - 1 - len(gradients))) from error.__cause__
            gradients += [NO_PARAMETERS] * unread
            gradients.reverse()
            return upstream, tuple(gradients)

        return x, pullback_all


def as_root(layers: LayersSpec) -> AnyLayer:
    """Return the one combinator that was given or described, or a Sequential of what was given.

    >>> as_root(["tanh"])
    Sequential(layers=(Activation(activation=Tanh()),), names=())
    >>> as_root({"name": "residual", "layers": ["tanh"]})
    Residual(layers=(Activation(activation=Tanh()),), names=())
    """
    given = as_layers(layers)
    alone = len(given) == 1 and (isinstance(layers, str | Mapping | Part) or not isinstance(layers, Sequence))
    return given[0] if alone and given[0].children else Sequential(given)


def _first_with_parameters(values: tuple[object, ...]) -> int:
    """Where the way back may end when nobody reads the input's gradient."""
    first = 0
    while first < len(values) - 1 and values[first] is NO_PARAMETERS:
        first += 1
    return first
