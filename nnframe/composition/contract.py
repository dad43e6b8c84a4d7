"""Holds a pullback to its contract on the first step of each kind of input: number, shape and dtype of gradients."""

from __future__ import annotations

from typing import Any, cast

import attrs
import numpy as np

from nnframe.errors import ContractError
from nnframe.interfaces import LayerRun, is_statistic
from nnframe.interfaces.builder import describe

__all__ = ["ContractObserver"]


class ContractObserver:
    """Refuses a pullback whose gradients are not what was promised, naming the parameter.

    The combinators add the path of the layer on the way out.
    """

    def after_forward(self, run: LayerRun) -> None:
        """Nothing is promised here that the building of the model has not checked."""

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        """Check the gradients of one layer."""
        if type(gradient) is not type(run.parameters):
            raise ContractError(
                f"{_pullback(run)} must return (input gradient, {type(run.parameters).__name__}), the gradient having "
                f"the class of the parameters, and returned {describe(gradient)} as the gradient"
            )
        if gradient is run.parameters and attrs.fields(cast("type[attrs.AttrsInstance]", type(gradient))):
            raise ContractError(f"{_pullback(run)} returned the parameters themselves as their gradient")
        _check_fields(run, run.parameters, gradient)
        if run.context.input_gradient:
            _check_input_gradient(run, run.x, input_gradient)


def _pullback(run: LayerRun) -> str:
    return f"the pullback of {type(run.layer).__name__}"


def _check_fields(run: LayerRun, parameters: object, gradient: object) -> None:
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", type(parameters)))
    for field in fields:
        if not is_statistic(field):
            _check_array(run, f"'{field.name}'", getattr(parameters, field.name), getattr(gradient, field.name))


def _check_array(run: LayerRun, name: str, value: object, gradient: object) -> None:
    if isinstance(value, tuple) and isinstance(gradient, tuple) and len(value) == len(gradient):
        for index, (member, its) in enumerate(zip(value, gradient, strict=True)):
            _check_array(run, f"{name}[{index}]", member, its)
        return
    if attrs.has(type(value)) and type(value) is type(gradient):
        _check_fields(run, value, gradient)
        return
    if (value is None and gradient is None) or _alike(value, gradient):
        return
    raise ContractError(
        f"{_pullback(run)} must return a gradient for {name} of {describe(value)}, and returned {describe(gradient)}"
    )


def _check_input_gradient(run: LayerRun, x: object, gradient: object) -> None:
    if isinstance(x, tuple):
        if not isinstance(gradient, tuple) or len(gradient) != len(x):
            raise ContractError(
                f"{_pullback(run)} must return one input gradient for each of {len(x)} inputs, "
                f"and returned {describe(gradient)}"
            )
        for member, its in zip(x, gradient, strict=True):
            _check_input_gradient(run, member, its)
        return
    integers = isinstance(x, np.ndarray) and not np.issubdtype(x.dtype, np.floating)
    if (integers and gradient is None) or _alike(x, gradient):
        return
    expected = "None, for integers have no gradient" if integers else describe(x)
    raise ContractError(
        f"{_pullback(run)} must return an input gradient of {expected}, and returned {describe(gradient)}"
    )


def _alike(value: object, gradient: object) -> bool:
    return (
        isinstance(value, np.ndarray | np.generic)
        and isinstance(gradient, np.ndarray | np.generic)
        and value.shape == gradient.shape
        and value.dtype == gradient.dtype
    )
