"""Activation: any activation as a layer."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe import interfaces, registry
from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.interfaces import NO_PARAMETERS, Context, Layer, NoParameters, Result

__all__ = ["Activation", "as_activation"]


def as_activation(spec: interfaces.Activation | str | Mapping[str, object]) -> interfaces.Activation:
    return spec if isinstance(spec, interfaces.Activation) else registry.activations.resolve(spec)


@frozen
class Activation(Layer):
    """y = f(x), for any activation f. In a list of layers an activation, or its name, is enough.

    Args:
        activation: The activation, its name, or ``{"name": ..., options}``.

    >>> Activation("tanh")
    Activation(activation=Tanh())
    """

    activation: interfaces.Activation = attrs.field(converter=as_activation)

    @property
    def straight_through(self) -> bool:
        return self.activation.straight_through

    def initialize(self, x: Array, rng: Generator) -> NoParameters:
        return NO_PARAMETERS

    def forward(self, parameters: NoParameters, x: Array, context: Context) -> Result[NoParameters]:
        y, pull = self.activation.forward(x)
        return y, lambda dy: (pull(dy), NO_PARAMETERS)

    def pushforward(
        self, parameters: NoParameters, x: Array, d_parameters: NoParameters, dx: Array, context: Context
    ) -> Array:
        """Return the activation's own ``pushforward(x, dx)``.

        Raises:
            VerificationError: It has none.
        """
        push = getattr(self.activation, "pushforward", None)
        if push is None:
            raise VerificationError(f"{type(self.activation).__name__} has no method pushforward(x, dx): write one")
        changed: Array = push(x, dx)
        return changed
