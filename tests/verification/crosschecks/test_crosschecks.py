"""Crosschecks: Taylor remainders, symmetric second derivatives, forward against reverse mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.composition.tree import convert
from nnframe.errors import VerificationError
from nnframe.interfaces import AnyLayer, Builder, Context, Elementwise, Layer, Result
from nnframe.layers import (
    Activation,
    Conv1D,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    MaxPool2D,
    Permute,
    Reshape,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)
from nnframe.layers.dense import Affine
from nnframe.verification.crosschecks import dot_product_test, hessian_symmetry, objective_of, taylor_remainders

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(5, 3)), RNG.normal(size=(5, 2))


@frozen
class Wrong(Elementwise):
    """y = x³ whose derivative has lost its factor."""

    def value(self, x: Array) -> Array:
        return x**3

    def derivative(self, x: Array, y: Array) -> Array:
        return x**2


def model(*layers: object) -> Model:
    return Model([Dense(4), *layers, Dense(2)], loss="mse", input_shape=(3,), regularizers={"*.weight": "l2"})


def test_remainders_of_a_right_gradient_fall_with_the_square_of_the_step() -> None:
    remainders = taylor_remainders(*objective_of(model("tanh"), X, Y))
    assert remainders.slope == pytest.approx(2, abs=0.1)
    assert remainders.passed


def test_remainders_of_a_wrong_gradient_fall_only_with_the_step() -> None:
    remainders = taylor_remainders(*objective_of(model(Wrong()), X, Y))
    assert remainders.slope == pytest.approx(1, abs=0.1)
    assert not remainders.passed


def test_a_linear_function_leaves_no_remainder_and_passes() -> None:
    assert taylor_remainders(lambda x: (float(3 * x.sum()), np.full(2, 3.0)), np.array([1.0, 2.0])).passed


def test_remainders_can_be_drawn() -> None:
    figure = taylor_remainders(*objective_of(model("tanh"), X, Y)).plot()
    assert len(figure.axes[0].lines) == 4


def test_the_second_derivatives_of_a_right_gradient_are_symmetric() -> None:
    found = hessian_symmetry(*objective_of(model("tanh"), X, Y))
    assert found.symmetric
    assert found.decided


def test_a_gradient_of_nothing_has_second_derivatives_that_are_not() -> None:
    assert not hessian_symmetry(*objective_of(model(Wrong()), X, Y)).symmetric


def test_the_model_is_left_as_it_was() -> None:
    given = model("tanh")
    before = given.to_vector().copy()
    objective, point = objective_of(given, X, Y)
    objective(point + 1)
    np.testing.assert_array_equal(given.to_vector(), before)


@frozen(eq=False)
class Factor:
    scale: Array


@frozen
class Cube(Layer[Factor]):
    """y = scale x³, with forward mode; ``factor`` is 3 where that is right."""

    factor: float = 3.0

    def initialize(self, x: Array, rng: np.random.Generator) -> Factor:
        return Factor(rng.normal(size=x.shape[-1]))

    def forward(self, parameters: Factor, x: Array, context: Context) -> Result[Factor]:
        def pullback(upstream: Array) -> tuple[Array, Factor]:
            return 3 * parameters.scale * x**2 * upstream, Factor((upstream * x**3).sum(0))

        return parameters.scale * x**3, pullback

    def pushforward(self, parameters: Factor, x: Array, d_parameters: Factor, dx: Array, context: Context) -> Array:
        return d_parameters.scale * x**3 + self.factor * parameters.scale * x**2 * dx


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_forward_and_reverse_mode_agree_to_round_off(dtype: str) -> None:
    x = X.astype(dtype)
    parameters = Factor(RNG.normal(size=3).astype(dtype))
    assert all(dot_product_test(Cube(), x, parameters=parameters, seed=seed).agree for seed in range(10))


def test_a_mistake_in_either_shows_as_a_difference() -> None:
    assert not dot_product_test(Cube(3.0001), X).agree


IMAGE = RNG.normal(size=(2, 6, 5, 4))
BUILT_IN = [
    (Dense(4), X),
    (Dense(4, use_bias=False), X),
    (Dense(2), IMAGE),
    (Conv2D(4, 3, stride=2, padding="same"), IMAGE),
    (Conv2D(8, 2, groups=4), IMAGE),
    (Conv2D(2, 2, dilation=2, use_bias=False), IMAGE),
    (Conv1D(3, 2, padding="same"), IMAGE[:, 0]),
    (Flatten(), IMAGE),
    (Reshape((5, -1)), IMAGE),
    (Permute((3, 1, 2)), IMAGE),
    (ZeroPadding1D((1, 2)), IMAGE[:, 0]),
    (ZeroPadding2D(2), IMAGE),
    (UpSampling1D(3), IMAGE[:, 0]),
    (UpSampling2D((2, 3)), IMAGE),
    (Dropout(0.4), IMAGE),
    *((Activation(name), X) for name in ("tanh", "softplus", "elu", "softsign", "softmax")),
]


@pytest.mark.parametrize(("layer", "x"), BUILT_IN, ids=[f"{n}-{type(e).__name__}" for n, (e, _) in enumerate(BUILT_IN)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_built_in_parts_agree_in_both_modes(layer: AnyLayer, x: Array, dtype: str) -> None:
    found = [dot_product_test(layer, x.astype(dtype), seed=seed) for seed in range(4)]
    assert all(each.agree for each in found)
    assert all(each.forward != 0 for each in found)


@pytest.mark.parametrize(("layer", "x"), BUILT_IN, ids=[f"{n}-{type(e).__name__}" for n, (e, _) in enumerate(BUILT_IN)])
def test_a_pushforward_of_built_in_parts_is_the_difference_of_two_outputs(layer: Any, x: Array) -> None:
    """This holds the derivative of an activation, which both modes share, against the values."""
    parameters = layer.build(x, Builder(np.random.default_rng(0)))[0]
    still = convert(parameters, np.zeros_like)
    dx = np.random.default_rng(1).normal(size=x.shape)
    ahead, behind = (layer.run(parameters, x + step * dx, context())[0] for step in (1e-5, -1e-5))
    pushed = layer.pushforward(parameters, x, still, dx, context())
    np.testing.assert_allclose(pushed, (ahead - behind) / 2e-5, rtol=1e-7, atol=1e-8)


def context() -> Context:
    return Context(training=True, rng=np.random.default_rng(5))


@frozen
class NoBias(Dense):
    """A Dense whose pullback forgets to sum the bias's gradient over all rows."""

    def forward(self, parameters: Any, x: Array, context: Context) -> Result[Any]:
        y, pull = super().forward(parameters, x, context)

        def pullback(dy: Array) -> tuple[Array, Any]:
            dx, gradient = pull(dy)
            return dx, Affine(gradient.weight, dy[0].copy())

        return y, pullback


@frozen
class NoWeight(Dense):
    """A Dense whose pushforward forgets that the weight moves."""

    def pushforward(self, parameters: Any, x: Array, d_parameters: Any, dx: Array, context: Context) -> Array:
        return dx @ parameters.weight + d_parameters.bias


@frozen
class OtherMask(Dropout):
    """A Dropout whose pullback draws a mask of its own."""

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        y, _ = super().apply(x, context)
        return y, lambda dy: Dropout.apply(self, dy, context)[0]


@pytest.mark.parametrize("layer", [NoBias(4), NoWeight(4), OtherMask(0.5)], ids=lambda each: type(each).__name__)
def test_a_built_in_part_with_a_mistake_in_one_mode_disagrees(layer: AnyLayer) -> None:
    assert not any(dot_product_test(layer, X, seed=seed).agree for seed in range(5))


@frozen
class Tall(Dense):
    def pushforward(self, parameters: Any, x: Array, d_parameters: Any, dx: Array, context: Context) -> Array:
        return dx


def test_a_pushforward_of_another_shape_is_refused() -> None:
    with pytest.raises(VerificationError, match="like forward"):
        dot_product_test(Tall(5), X)


def test_an_activation_without_forward_mode_is_refused() -> None:
    with pytest.raises(VerificationError, match="LogSoftmax has no method pushforward"):
        dot_product_test(Activation("log_softmax"), X)


def test_a_layer_without_forward_mode_is_refused() -> None:
    with pytest.raises(VerificationError, match="no method pushforward"):
        dot_product_test(MaxPool2D(), IMAGE)
