"""Mistakes that a type checker must find: each line marked ``# error:`` with what mypy is to say of it."""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.interfaces import Context, Layer, Result
from nnframe.layers import Dense


@frozen(eq=False)
class Affine:
    """Two parameters."""

    weight: Array
    bias: Array


@frozen(eq=False)
class Gain:
    """One parameter."""

    scale: Array


@frozen
class ForgottenGradient(Layer[Affine]):
    """Leaves the bias out of its gradient."""

    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(np.ones((x.shape[-1], 2)), np.zeros(2))

    def forward(self, parameters: Affine, x: Array, context: Context) -> Result[Affine]:
        def pullback(dy: Array) -> tuple[Array, Affine]:
            return dy @ parameters.weight.T, Affine(x.T @ dy)  # error: Missing positional argument "bias"

        return x @ parameters.weight + parameters.bias, pullback


@frozen
class WrongParameters(Layer[Gain]):
    """Returns parameters, and a gradient, of another class."""

    def initialize(self, x: Array, rng: Generator) -> Gain:
        wrong = Affine(np.ones((2, 2)), np.zeros(2))
        return wrong  # noqa: RET504  # error: Incompatible return value type (got "Affine", expected "Gain")

    def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
        def pullback(dy: Array) -> tuple[Array, Affine]:
            return dy, Affine(dy, dy)

        return x * parameters.scale, pullback  # error: Incompatible return value type


@frozen
class WrongReturn(Layer[Gain]):
    """Forgets the pullback."""

    def initialize(self, x: Array, rng: Generator) -> Gain:
        return Gain(np.ones(x.shape[-1]))

    def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
        return x * parameters.scale  # error: Incompatible return value type


def wrong_options() -> None:
    """Options that do not exist, or of the wrong type."""
    Dense(unit=3)  # error: Unexpected keyword argument "unit"
    Dense("three")  # error: Argument 1 to "Dense" has incompatible type "str"; expected "int"
