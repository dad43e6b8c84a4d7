"""The ten kinds of parts."""

from __future__ import annotations

from nnframe.interfaces import (
    Activation,
    AnyLayer,
    Callback,
    Constraint,
    Initializer,
    Loss,
    Metric,
    Optimizer,
    Regularizer,
    Schedule,
)
from nnframe.registry.kind import Kind
from nnframe.registry.kind_table import add_kinds

__all__ = [
    "activations",
    "callbacks",
    "constraints",
    "initializers",
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

add_kinds(
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
