"""A pullback that returns the wrong number, shape or dtype of gradients is refused, by layer and parameter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from attrs import frozen
from numpy.random import Generator

from nnframe import Model
from nnframe.arrays import Array
from nnframe.errors import ContractError, ShapeError
from nnframe.interfaces import Context, Layer
from nnframe.layers import Dense, Parallel, Residual, Sequential, Shared

X = np.arange(12.0).reshape(4, 3)
Y = np.ones((4, 2))


@frozen(eq=False)
class Affine:
    """Two parameters."""

    weight: Array
    bias: Array


@frozen
class Faulty(Layer[Affine]):
    """A dense layer whose pullback, or forward, is replaced by a faulty one."""

    fault: Callable[..., object]

    def initialize(self, x: Array, rng: Generator) -> Affine:
        return Affine(rng.normal(size=(x.shape[-1], 2)), np.zeros(2))

    def forward(self, parameters: Affine, x: Array, context: Context) -> object:  # type: ignore[override]
        y = x @ parameters.weight + parameters.bias

        def pullback(dy: Array) -> object:
            right = (dy @ parameters.weight.T, Affine(x.T @ dy, dy.sum(0)))
            return self.fault(parameters, x, dy, *right)

        return y, pullback


FAULTS = {
    "a gradient too few": (
        lambda p, x, dy, dx, g: (dx, (g.weight,)),
        r"at 1: the pullback of Faulty must return .*Affine",
    ),
    "a class too plain": (
        lambda p, x, dy, dx, g: (dx, {"weight": g.weight}),
        r"at 1: .* returned dict as the gradient",
    ),
    "a wrong shape": (
        lambda p, x, dy, dx, g: (dx, Affine(g.weight.T, g.bias)),
        r"at 1: .* a gradient for 'weight' of float64 \(3, 2\), and returned float64 \(2, 3\)",
    ),
    "an unsummed bias": (
        lambda p, x, dy, dx, g: (dx, Affine(g.weight, dy)),
        r"at 1: .* a gradient for 'bias' of float64 \(2,\), and returned float64 \(4, 2\)",
    ),
    "a wrong dtype": (
        lambda p, x, dy, dx, g: (dx, Affine(g.weight.astype("f4"), g.bias)),
        r"at 1: .*'weight' of float64 .* returned float32",
    ),
    "None": (lambda p, x, dy, dx, g: (dx, Affine(g.weight, None)), r"at 1: .*'bias'.* returned NoneType"),
    "the parameters themselves": (lambda p, x, dy, dx, g: (dx, p), r"at 1: .*the parameters themselves"),
    "a wrong input gradient": (
        lambda p, x, dy, dx, g: (dx[:1], g),
        r"at 1: .* an input gradient of float64 \(4, 3\), and returned float64 \(1, 3\)",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_pullback_is_refused_by_path(name: str) -> None:
    fault, message = FAULTS[name]
    model = Model([Dense(3), Faulty(fault)], loss="mse", input_shape=(3,))
    with pytest.raises(ContractError, match=message):
        model.loss_and_gradients(X, Y)


def test_the_path_goes_through_combinators() -> None:
    fault, _ = FAULTS["a wrong shape"]
    inner = Sequential([Dense(3), Faulty(fault)], names=["first", "second"])
    model = Model([Residual([Dense(3)]), inner], loss="mse", input_shape=(3,))
    with pytest.raises(ContractError, match=r"^at 1\.second: "):
        model.loss_and_gradients(X, Y)


def test_a_right_pullback_is_accepted() -> None:
    model = Model([Faulty(lambda p, x, dy, dx, g: (dx, g))], loss="mse", input_shape=(3,))
    loss, gradients = model.loss_and_gradients(X, Y)
    assert loss > 0
    assert set(gradients) == {"0.weight", "0.bias"}


def test_a_forward_without_a_pullback_is_refused_when_the_model_is_built() -> None:
    @frozen
    class Bare(Layer[Affine]):
        def initialize(self, x: Array, rng: Generator) -> Affine:
            return Affine(np.ones((3, 2)), np.zeros(2))

        def forward(self, parameters: Affine, x: Array, context: Context) -> object:  # type: ignore[override]
            return x @ parameters.weight

    with pytest.raises(
        ContractError, match=r"at 0: Bare\.forward must return \(output, pullback\), and returned float64"
    ):
        Model([Bare()], input_shape=(3,))


def test_parameters_that_are_no_attrs_class_are_refused() -> None:
    @frozen
    class Loose(Layer):
        def initialize(self, x: Array, rng: Generator) -> object:  # type: ignore[override]
            return {"weight": np.ones(3)}

        def forward(self, parameters: object, x: Array, context: Context) -> object:  # type: ignore[override]
            return x, lambda dy: (dy, parameters)

    with pytest.raises(ContractError, match=r"at 0: Loose\.initialize must return .*attrs class.* returned dict"):
        Model([Loose()], input_shape=(3,))


def test_parameters_of_the_wrong_shape_are_found_at_build_time_with_the_place_and_the_input() -> None:
    @frozen
    class Misshapen(Layer[Affine]):
        def initialize(self, x: Array, rng: Generator) -> Affine:
            return Affine(np.ones((7, 2)), np.zeros(2))

        def forward(self, parameters: Affine, x: Array, context: Context) -> object:  # type: ignore[override]
            return x @ parameters.weight, lambda dy: (dy, parameters)

    with pytest.raises(ShapeError, match=r"at 1: Misshapen\.forward cannot take an input float64 \(2, 5\)"):
        Model([Dense(5), Misshapen()], input_shape=(3,))


def test_one_object_at_two_places_is_refused_and_shared_is_offered() -> None:
    dense = Dense(3)
    with pytest.raises(ContractError, match=r"at 2: this Dense object stands at 0 already.*Shared\('name', layer\)"):
        Model([dense, "tanh", dense], input_shape=(3,))


def test_equal_layers_are_two_layers() -> None:
    model = Model([Dense(3), Dense(3)], input_shape=(3,))
    first, second = model.parameters["0.weight"], model.parameters["1.weight"]
    assert first.value is not second.value
    assert not np.array_equal(first.value, second.value)


def test_what_is_shared_is_trained_once_by_the_sum_of_its_gradients() -> None:
    twins = Model(
        [Parallel([Shared("tower", Dense(2)), Shared("tower", Dense(2))]), "concatenate"],
        loss="mse",
        input_shape=((3,), (3,)),
    )
    assert list(twins.parameters) == ["0.0.weight", "0.0.bias"]
    _, gradients = twins.loss_and_gradients((X, X), np.ones((4, 4)))
    single = Model([Dense(2)], loss="mse", input_shape=(3,))
    single.load_vector(twins.to_vector())
    _, expected = single.loss_and_gradients(X, Y)
    # The mean over 4 features counts each half by ½, and there are two halves.
    np.testing.assert_allclose(gradients["0.0.weight"], expected["0.weight"], rtol=1e-12)


def test_one_shared_name_has_one_configuration() -> None:
    with pytest.raises(ContractError, match=r"at 1: Shared\('a'\) is .* one name has one configuration"):
        Model([Shared("a", Dense(3)), Shared("a", Dense(4))], input_shape=(3,))
