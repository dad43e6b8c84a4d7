"""What a user may write for a part: the part itself, a registry name, or ``{"name": ..., options}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from nnframe import registry
from nnframe.errors import NNFrameError, SpecError
from nnframe.interfaces import Activation, AnyLayer, Initializer, Part

__all__ = ["InitializerSpec", "LayerSpec", "LayersSpec", "as_initializer", "as_layer", "as_layers"]

LayerSpec: TypeAlias = AnyLayer | Activation | str | Mapping[str, object]
"""A layer, an activation, a name of either, or ``{"name": ..., options}``."""

LayersSpec: TypeAlias = LayerSpec | Sequence[LayerSpec]
"""One layer, or several."""

InitializerSpec: TypeAlias = Initializer | str | Mapping[str, object]
"""An initializer, its name, or ``{"name": ..., options}``."""


def as_layer(spec: LayerSpec) -> AnyLayer:
    """Return the layer that ``spec`` describes; an activation becomes a layer.

    A name is looked up among the layers first, then among the activations.

    >>> as_layer("tanh")
    Activation(activation=Tanh())
    """
    from nnframe.layers.activation import Activation as ActivationLayer

    if isinstance(spec, AnyLayer):
        return spec
    part = spec if isinstance(spec, Part) else registry.resolve(spec, registry.layers, registry.activations)
    if isinstance(part, Activation):
        return ActivationLayer(part)
    if isinstance(part, AnyLayer):
        return part
    raise SpecError(f"expected a layer or an activation, got {_kind(part)}: {part!r:.80}")


def as_layers(specs: LayersSpec) -> tuple[AnyLayer, ...]:
    """Return the layers that ``specs`` describes; one alone makes a tuple of one."""
    if isinstance(specs, str | Mapping | Part) or not isinstance(specs, Sequence):
        return (as_layer(specs),)
    layers = []
    for index, spec in enumerate(specs):
        try:
            layers.append(as_layer(spec))
        except NNFrameError as error:
            raise error.within(index) from error.__cause__
    return tuple(layers)


def as_initializer(spec: InitializerSpec) -> Initializer:
    """Return the initializer that ``spec`` describes.

    >>> as_initializer("zeros")
    Zeros()
    """
    if isinstance(spec, Initializer):
        return spec
    return registry.initializers.resolve(spec)


def _kind(value: object) -> str:
    return value.kind if isinstance(value, Part) else type(value).__name__
