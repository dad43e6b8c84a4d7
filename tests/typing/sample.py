"""A user's file: parts of every common form, held to ``mypy --strict`` and to pyright."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe import Model, registry
from nnframe.arrays import Array, Integers, Shape
from nnframe.interfaces import (
    Activation,
    AnyLayer,
    Composite,
    Context,
    Elementwise,
    Function,
    Initializer,
    Layer,
    Loss,
    Result,
)
from nnframe.layers import Dense, Residual
from nnframe.optimizers import SGD


@frozen(eq=False)
class Gain:
    """The parameters of Scale."""

    scale: Array


@frozen
class Scale(Layer[Gain]):
    """y = scale * x, feature by feature."""

    def initialize(self, x: Array, rng: Generator) -> Gain:
        return Gain(np.ones(x.shape[-1]))

    def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
        def pullback(dy: Array) -> tuple[Array, Gain]:
            return dy * parameters.scale, Gain((dy * x).reshape(-1, x.shape[-1]).sum(0))

        return x * parameters.scale, pullback


@frozen(eq=False)
class Table:
    """The parameters of Lookup."""

    rows: Array


@frozen
class Lookup(Layer[Table, Integers, None]):
    """y = rows[x]: integers have no gradient."""

    rows: int
    width: int

    def initialize(self, x: Integers, rng: Generator) -> Table:
        return Table(rng.normal(size=(self.rows, self.width)))

    def forward(self, parameters: Table, x: Integers, context: Context) -> Result[Table, None]:
        def pullback(dy: Array) -> tuple[None, Table]:
            gradient = np.zeros_like(parameters.rows)
            np.add.at(gradient, x, dy)
            return None, Table(gradient)

        return parameters.rows[x], pullback


@frozen
class Product(Function[tuple[Array, Array]]):
    """y = a b, of two inputs."""

    def apply(self, x: tuple[Array, Array], context: Context) -> tuple[Array, Callable[[Array], tuple[Array, Array]]]:
        a, b = x
        return a * b, lambda dy: (dy * b, dy * a)


@frozen
class Cube(Elementwise):
    """y = x³."""

    def value(self, x: Array) -> Array:
        return x * x * x

    def derivative(self, x: Array, y: Array) -> Array:
        return 3 * x * x


@frozen
class Centre(Activation):
    """y = x - mean(x)."""

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return x - x.mean(-1, keepdims=True), lambda dy: dy - dy.mean(-1, keepdims=True)


@frozen
class Block(Composite):
    """x + cube(dense(x))."""

    units: int

    def body(self) -> AnyLayer:
        return Residual([Dense(self.units), Cube()])


@frozen
class Absolute(Loss):
    """Σ |prediction - target|."""

    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        error = prediction - target
        losses: Array = np.abs(error).sum(-1)
        return losses, lambda upstream: upstream[..., None] * np.sign(error)


@frozen
class Halves(Initializer):
    """½ everywhere."""

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        return np.full(shape, 0.5)


def use() -> float:
    """Put them together as a user does."""
    model = Model([Scale(), Block(3), "tanh", Dense(1, weight_initializer=Halves())], loss=Absolute(), input_shape=(3,))
    model.fit(np.ones((4, 3)), np.ones((4, 1)), optimizer=SGD(0.1), epochs=1, progress=False)
    part: Activation = registry.activations.create("tanh")
    prediction: Array = model.predict(np.ones((1, 3)))
    return float(part.forward(prediction)[0].sum())
