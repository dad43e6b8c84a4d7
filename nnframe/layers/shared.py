"""Shared: one set of parameters at several places."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.errors import ContractError
from nnframe.interfaces import AnyLayer, AnyResult, Builder, Context
from nnframe.layers.convert import as_layer
from nnframe.text import quote

__all__ = ["Shared"]


@frozen
class Shared(AnyLayer):
    """A layer whose parameters all places with the same name have in common; their gradients are added.

    Args:
        name: What is shared. Sharing is configuration, so it survives saving.
        layer: The layer; at every place the same configuration.

    >>> from nnframe.layers import Dense, Parallel
    >>> tower = Shared("tower", Dense(4))
    >>> twins = Parallel([tower, tower])       # both inputs through the same weights
    """

    name: str
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
        if self.name not in builder.shared:
            parameters, output = self.layer.build(x, builder)
            builder.shared[self.name] = (self.layer, parameters, builder.path)
            return parameters, output
        layer, parameters, place = builder.shared[self.name]
        if layer != self.layer:
            raise ContractError(
                f"Shared({quote(self.name)}) is {quote(layer)} at {'.'.join(map(str, place))} and {quote(self.layer)} "
                "here: one name has one configuration"
            )
        output, _ = self.layer.run(parameters, x, builder.context)
        return parameters, output

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        return self.layer.run(parameters, x, context)
