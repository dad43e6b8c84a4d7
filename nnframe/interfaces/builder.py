"""Builder: initialises a structure of layers by running it once on an example input."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING

import attrs
import numpy as np
from attrs import define, field
from numpy.random import Generator

from nnframe.errors import ConfigurationError, ContractError, NNFrameError, ShapeError
from nnframe.interfaces.context import Context
from nnframe.interfaces.parameters import NoParameters, is_statistic

if TYPE_CHECKING:
    from nnframe.interfaces.layer import AnyLayer

__all__ = ["MOST_ELEMENTS", "MOST_LAYERS", "Builder", "build_layer", "describe"]

MOST_LAYERS = 10_000
"""The most layers of one model: a file may promise any number, and each takes some fifty microseconds."""

MOST_ELEMENTS = 2**36
"""The most elements of one example between two layers: half a terabyte in float64."""


@define(eq=False)
class Builder:
    """What is handed down while a structure is built.

    Attributes:
        rng: The generator that initial values are drawn from.
        path: The place of the layer that is being built.
        shared: Name of each ``Shared`` met so far, with its layer, its parameters, and where it was met.
        used: Identity of each layer object with parameters met so far, and where.
        built: Each layer met, with its path, its input and its output, in the order of running.
        settle: Returns the parameters that the layer at a path is to have instead of those that it made, before it is
            run; None leaves it those.
    """

    rng: Generator
    path: tuple[str | int, ...] = ()
    shared: dict[str, tuple[AnyLayer, object, tuple[str | int, ...]]] = field(factory=dict)
    used: dict[int, tuple[AnyLayer, tuple[str | int, ...]]] = field(factory=dict)
    built: list[tuple[tuple[str | int, ...], AnyLayer, object, object]] = field(factory=list)
    context: Context = field(factory=Context)
    settle: Callable[[tuple[str | int, ...], object], object] | None = None

    def build(self, step: str | int, layer: AnyLayer, x: object) -> tuple[object, object]:
        """Build the child called ``step``; returns its parameters and its output."""
        if len(self.built) >= MOST_LAYERS:
            raise ConfigurationError(f"a model has at most {MOST_LAYERS:,} layers")
        outer = self.path
        self.path = (*outer, step)
        try:
            parameters, output = layer.build(x, self)
            _refuse_boundless(output)
            self.built.append((self.path, layer, x, output))
            return parameters, output
        except NNFrameError as error:
            raise error.within(step) from error.__cause__
        finally:
            self.path = outer


def _refuse_boundless(output: object) -> None:
    """Refuse what no machine can compute, which a file may promise: shapes flow on no examples, and cost nothing."""
    for array in output if isinstance(output, tuple) else (output,):
        elements = prod(np.shape(array)[1:]) if isinstance(array, np.ndarray) else 0
        if elements > MOST_ELEMENTS:
            raise ShapeError(f"one example would have {elements:,} elements here, and {MOST_ELEMENTS:,} are the most")


def build_layer(
    layer: AnyLayer, initialize: Callable[[object, Generator], object], x: object, builder: Builder
) -> tuple[object, object]:
    """Initialise one layer, run it on the example, and check what it returned."""
    parameters = _attempt(layer, "initialize", x, lambda: initialize(x, builder.rng))
    _check_parameters(layer, parameters)
    if builder.settle is not None:
        parameters = builder.settle(builder.path, parameters)
    if not isinstance(parameters, NoParameters):
        _refuse_second_use(layer, builder)
    result = _attempt(layer, "forward", x, lambda: layer.run(parameters, x, builder.context))
    return parameters, _check_result(layer, result)


def _attempt(layer: AnyLayer, method: str, x: object, call: Callable[[], object]) -> object:
    try:
        return call()
    except NNFrameError:
        raise
    except Exception as cause:
        raise ShapeError(
            f"{type(layer).__name__}.{method} cannot take an input {describe(x)}: "
            f"{type(cause).__name__}: {cause}. Check input_shape and the layers before it"
        ) from cause


def _check_parameters(layer: AnyLayer, parameters: object) -> None:
    name = type(layer).__name__
    cls: type = type(parameters)
    if not attrs.has(cls):
        raise ContractError(
            f"{name}.initialize must return an instance of its parameter class (an attrs class of arrays), "
            f"and returned {type(parameters).__name__}"
        )
    for entry in attrs.fields(cls):
        value = getattr(parameters, entry.name)
        if isinstance(value, np.ndarray) and is_statistic(entry) and value.size == 0:
            raise ContractError(f"{name}.initialize gave no value for the statistic '{entry.name}'")
        if not isinstance(value, np.ndarray | tuple | None) and not attrs.has(type(value)):
            raise ContractError(f"{name}: the parameter '{entry.name}' must be an array, and is {describe(value)}")


def _refuse_second_use(layer: AnyLayer, builder: Builder) -> None:
    if id(layer) in builder.used:
        first = ".".join(map(str, builder.used[id(layer)][1]))
        raise ContractError(
            f"this {type(layer).__name__} object stands at {first} already. To train one set of parameters at "
            f"both places, write Shared('name', layer) at both; else make a second layer"
        )
    builder.used[id(layer)] = (layer, builder.path)


def _check_result(layer: AnyLayer, result: object) -> object:
    if not isinstance(result, tuple) or len(result) != 2 or not callable(result[1]):
        raise ContractError(
            f"{type(layer).__name__}.forward must return (output, pullback), and returned {describe(result)}"
        )
    output: object = result[0]
    if not isinstance(output, np.ndarray | np.generic | tuple):
        raise ContractError(f"{type(layer).__name__}.forward must give an array, and gave {describe(output)}")
    return output


def describe(value: object) -> str:
    """Describe a value for an error message: an array by shape and dtype, a tuple by its members.

    >>> describe((np.zeros((2, 3)), np.zeros(1, int)))
    '(float64 (2, 3), int64 (1,))'
    """
    if isinstance(value, np.ndarray | np.generic):
        return f"{value.dtype} {tuple(value.shape)}"
    if isinstance(value, tuple):
        return f"({', '.join(describe(member) for member in value)})"
    return type(value).__name__
