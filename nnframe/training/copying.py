"""Copies of a model in the same Python: pickle, for processes that share work, and ``copy.deepcopy``.

For files there is ``save``: what it writes is read without executing anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from nnframe.errors import NNFrameError
from nnframe.layers.flatten import Flatten
from nnframe.training.learner import Learner
from nnframe.training.optimization import Optimization

__all__ = ["rebuild", "taken_apart"]

L = TypeVar("L", bound=Learner)


def taken_apart(model: Learner, base: type[Learner]) -> tuple[Callable[..., Learner], tuple[Any, ...]]:
    """Return what ``__reduce__`` does: how to make the model again, and what of.

    Args:
        model: The model.
        base: Its class that takes layers and options; what a subclass has made beside these is copied as it is.
    """
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
    own = vars(cast("Callable[..., Learner]", base)(Flatten(), input_shape=(1,)))
    more = {name: value for name, value in vars(model).items() if name not in own and name != "optimization"}
    return rebuild, (type(model), base, model.layer, options, values, moving, model.rng, optimization, more)


def make_model(cls: type[L], base: type[L], arguments: dict[str, Any]) -> L:
    """Return a model of a class, whose own ``__init__`` is passed over where it takes other arguments.

    Args:
        cls: The class.
        base: Its class that takes these arguments.
        arguments: Layers and options.
    """
    try:
        return cls(**arguments)
    except NNFrameError:
        raise
    except TypeError:
        if cls is base:
            raise
    model = cls.__new__(cls)
    base.__init__(model, **arguments)
    return model


def rebuild(
    cls: type[L],
    base: type[Learner],
    layer: object,
    options: dict[str, Any],
    values: dict[str, Any],
    moving: dict[str, bool],
    rng: np.random.Generator,
    optimization: tuple[Any, ...] | None,
    more: dict[str, Any],
) -> L:
    """Make a model out of what ``taken_apart`` returned; a subclass's own arguments are not asked for."""
    model = cls.__new__(cls)
    cast("Any", base).__init__(model, layer, **options)
    vars(model).update(more)
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
