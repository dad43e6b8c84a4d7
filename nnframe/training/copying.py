"""Copies of a model in the same Python: pickle, for processes that share work, and ``copy.deepcopy``.

For files there is ``save``: what it writes is read without executing anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from nnframe.training.learner import Learner
from nnframe.training.optimization import Optimization

__all__ = ["rebuild", "taken_apart"]

L = TypeVar("L", bound=Learner)


def taken_apart(model: Learner) -> tuple[Callable[..., Learner], tuple[Any, ...]]:
    """Return what ``__reduce__`` does: how to make the model again, and what of; attributes of its own are lost."""
    inputs = model.inputs
    options = {
        "loss": model.loss,
        "input_shape": inputs.shapes[0] if inputs.single else inputs.shapes,
        "input_dtype": inputs.dtypes[0] if inputs.single else inputs.dtypes,
        "seed": model.seed,
        "dtype": model.dtype,
        "regularizers": model.regularizers,
        "constraints": model.constraints,
        "trainable": model.frozen,
    }
    values = {path: np.array(each.value) for path, each in model.parameters.items()}
    moving = {path: each.trainable for path, each in model.parameters.items()}
    work = model.optimization
    optimization = work and (work.optimizer, work.clipping, work.slots, work.progress)
    return rebuild, (type(model), model.layer, options, values, moving, model.rng, optimization)


def rebuild(
    cls: Callable[..., L],
    layer: object,
    options: dict[str, Any],
    values: dict[str, Any],
    moving: dict[str, bool],
    rng: np.random.Generator,
    optimization: tuple[Any, ...] | None,
) -> L:
    """Make a model out of what ``taken_apart`` returned."""
    model = cls(layer, **options)
    for path, parameter in model.parameters.items():
        np.copyto(parameter.value, values[path])
        parameter.trainable = moving[path]
    model.rng = rng
    if optimization is not None:
        optimizer, clipping, slots, progress = optimization
        model.optimization = Optimization(optimizer, model.trained, clipping)
        model.optimization.remember(slots)
        model.optimization.progress = progress
    return model
