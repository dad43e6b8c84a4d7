"""The ten kinds of parts."""

from __future__ import annotations

from collections.abc import Mapping

from nnframe.errors import ContractError
from nnframe.interfaces import (
    Activation,
    AnyLayer,
    Callback,
    Constraint,
    Initializer,
    Loss,
    Metric,
    Optimizer,
    Part,
    Regularizer,
    Schedule,
)
from nnframe.registry.kind import Kind

__all__ = [
    "KINDS",
    "activations",
    "callbacks",
    "constraints",
    "initializers",
    "kind_of",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "regularizers",
    "schedules",
]

layers = Kind[AnyLayer](AnyLayer, "layers")
activations = Kind[Activation](Activation, "activations")
losses = Kind[Loss[object]](Loss, "losses")
initializers = Kind[Initializer](Initializer, "initializers")
optimizers = Kind[Optimizer[object]](Optimizer, "optimizers")
schedules = Kind[Schedule](Schedule, "schedules")
regularizers = Kind[Regularizer](Regularizer, "regularizers")
constraints = Kind[Constraint](Constraint, "constraints")
metrics = Kind[Metric[object]](Metric, "metrics")
callbacks = Kind[Callback[object]](Callback, "callbacks")

KINDS: Mapping[str, Kind[Part]] = {
    kind.singular: kind
    for kind in (
        layers,
        activations,
        losses,
        initializers,
        optimizers,
        schedules,
        regularizers,
        constraints,
        metrics,
        callbacks,
    )
}
"""Each kind by what one part of it is called: ``KINDS["layer"]``."""


def kind_of(part: type[Part]) -> Kind[Part]:
    """Return the kind that a class of parts belongs to.

    Raises:
        ContractError: It belongs to none.

    >>> from nnframe.interfaces import Elementwise
    >>> kind_of(Elementwise)
    <registry.activations>
    """
    kind = KINDS.get(part.kind)
    if kind is None:
        raise ContractError(f"{part.__qualname__} is no part of any kind: {', '.join(KINDS)}")
    return kind
