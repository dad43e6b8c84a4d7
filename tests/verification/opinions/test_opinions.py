"""Second opinions: Taylor remainders, symmetric second derivatives, forward against reverse mode."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.errors import VerificationError
from nnframe.interfaces import Context, Elementwise, Layer, Result
from nnframe.layers import Dense
from nnframe.verification.opinions import dot_product_test, hessian_symmetry, objective_of, taylor_remainders

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


def test_a_layer_without_forward_mode_is_refused() -> None:
    with pytest.raises(VerificationError, match="no method pushforward"):
        dot_product_test(Dense(2), X)
