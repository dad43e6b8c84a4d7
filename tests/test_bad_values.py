"""Whatever a user gives, an error of nnframe's family says what was expected and what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
from attrs import frozen
from nnframe_mse import MeanSquaredError as SquareLoss
from numpy.random import Generator

from nnframe import Model, registry
from nnframe.arrays import Array
from nnframe.errors import ContractError, DtypeError, NNFrameError
from nnframe.interfaces import Context, Layer
from nnframe.layers import Dense, Residual
from nnframe.verification import verify_gradient, verify_layer, verify_pullback

X, Y = np.ones((4, 2)), np.ones((4, 1))
NO_NUMBERS: tuple[object, ...] = ("a", None, object(), {"a": 1}, np.array(["a"]), np.array([object()]), [[1], [2, 3]])
NO_RULES: tuple[object, ...] = ([1], 1, "l2", object(), [("*", "l2")], {"*": 1}, {"*": None})
MASKED = np.ma.masked_array(np.ones(2), mask=[True, False])


def name_type(value: object) -> str:
    return type(value).__name__


@frozen(eq=False)
class Gain:
    scale: Array


@frozen
class Scale(Layer[Gain]):
    """y = scale * x, with any pullback."""

    make: Callable[[Array, Array], object]

    def initialize(self, x: Array, rng: Generator) -> Gain:
        return Gain(np.ones(x.shape[-1]))

    def forward(self, parameters: Gain, x: Array, context: Context) -> tuple[Array, Callable[..., tuple[Array, Gain]]]:
        def pullback(*upstream: Array) -> tuple[Array, Gain]:
            return self.make(*upstream, x)  # type: ignore[return-value, call-arg]  # the mistake that is tested

        return x * parameters.scale, pullback


NO_PAIRS: dict[str, Callable[[Array, Array], object]] = {
    "an array": lambda dy, x: dy,
    "two rows": lambda dy, x: dy[:2],
    "None": lambda dy, x: None,
    "one": lambda dy, x: (dy,),
    "three": lambda dy, x: (dy, Gain(dy.sum(0)), 1),
    "a list": lambda dy, x: [dy],
}


def train(layer: Layer[Gain]) -> object:
    return Model([layer, Dense(1)], loss="mse", input_shape=(2,)).train_step(X, Y, optimizer="sgd")


def verify_model(layer: Layer[Gain]) -> object:
    return Model([layer, Dense(1)], loss="mse", input_shape=(2,)).verify(X, Y)


def verify_alone(layer: Layer[Gain]) -> object:
    return verify_layer(layer, X)


def verify_inside(layer: Layer[Gain]) -> object:
    return verify_layer(Residual([layer]), X)


@pytest.mark.parametrize("bad", NO_NUMBERS, ids=name_type)
@pytest.mark.parametrize("name", registry.losses.names())
def test_a_loss_names_what_is_no_numbers(name: str, bad: object) -> None:
    loss = registry.losses.create(name)
    for prediction, target in ((bad, bad), (X, bad), (bad, X)):
        with pytest.raises(NNFrameError):
            loss(prediction, target)
        with pytest.raises(NNFrameError):
            loss.forward(prediction, target)  # type: ignore[arg-type]  # the mistake that is tested


@pytest.mark.parametrize("bad", NO_NUMBERS, ids=name_type)
@pytest.mark.parametrize("name", registry.metrics.names())
def test_a_metric_names_what_is_no_numbers(name: str, bad: object) -> None:
    metric = registry.metrics.create(name)
    for prediction, target in ((bad, bad), (X, bad), (bad, X)):
        with pytest.raises(NNFrameError):
            metric(prediction, target)


def test_the_error_of_a_loss_says_what_came() -> None:
    with pytest.raises(DtypeError, match=r"forward expects arrays of numbers, and its prediction is list"):
        registry.losses.create("mse").forward([1.0, 2.0], Y)  # type: ignore[arg-type]  # the mistake that is tested


def test_a_loss_of_ones_own_explains_its_arguments_too() -> None:
    from nnframe.interfaces import Loss

    @frozen
    class Squares(Loss):
        def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
            error = prediction.reshape(-1, 1) - target
            return (error**2).sum(-1), lambda upstream: 2 * upstream[:, None] * error

    with pytest.raises(DtypeError, match=r"Squares.forward .* its prediction is str"):
        Squares().forward("a", Y)  # type: ignore[arg-type]  # the mistake that is tested
    with pytest.raises(ValueError, match="broadcast"):  # a failure that no argument explains stays as it is
        Squares().forward(np.ones(3), np.ones((4, 1)))


def test_a_loss_may_call_the_forward_that_it_overrides() -> None:
    @frozen
    class Doubled(SquareLoss):
        def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
            losses, pullback = super().forward(prediction, target)
            return 2 * losses, lambda upstream: pullback(2 * upstream)

    assert Doubled()([[3.0]], [[1.0]]).tolist() == [8.0]


@pytest.mark.parametrize("bad", NO_RULES, ids=name_type)
@pytest.mark.parametrize("option", ["regularizers", "constraints"])
def test_rules_that_are_no_mapping_to_parts_are_refused(option: str, bad: object) -> None:
    with pytest.raises(NNFrameError, match=r"\S"):
        Model([Dense(1)], loss="mse", input_shape=(2,), **{option: bad})  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [1, [1], object(), [object()], [None], ["nope"], [{"x": 1}]], ids=name_type)
@pytest.mark.parametrize("option", ["callbacks", "metrics"])
def test_parts_of_fit_that_are_none_are_refused(option: str, bad: object) -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    with pytest.raises(NNFrameError):
        model.fit(X, Y, epochs=1, progress=False, **{option: bad})  # type: ignore[arg-type]


@pytest.mark.parametrize("use", [train, verify_model, verify_alone, verify_inside])
@pytest.mark.parametrize("made", NO_PAIRS)
def test_a_pullback_that_returns_no_pair_is_named(made: str, use: Callable[[Layer[Gain]], object]) -> None:
    with pytest.raises(
        ContractError, match=r"the pullback of Scale must return \(input gradient, parameter gradient\)"
    ):
        use(Scale(NO_PAIRS[made]))


def test_a_failure_inside_a_pullback_stays_what_it_is() -> None:
    def fail(dy: Array, x: Array) -> object:
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine") as caught:
        train(Scale(fail))
    assert not isinstance(caught.value, NNFrameError)


def test_a_pullback_without_an_argument_is_named() -> None:
    @frozen
    class NoArgument(Layer):
        def initialize(self, x: Array, rng: Generator) -> object:  # type: ignore[override]
            return Gain(np.ones(2))

        def forward(self, parameters: object, x: Array, context: Context) -> object:  # type: ignore[override]
            return x, lambda: None

    with pytest.raises(ContractError, match="must take one argument, the upstream"):
        train(NoArgument())  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", ["x", 1, object(), [1], {"a": 1}, Gain([1.0, 2.0]), Gain("x")], ids=name_type)  # type: ignore[arg-type]
def test_parameters_that_are_no_arrays_are_refused_by_verify_layer(bad: object) -> None:
    with pytest.raises(ContractError, match="attrs object of arrays"):
        verify_layer(Scale(lambda dy, x: (dy, Gain((dy * x).sum(0)))), X, parameters=bad)


@pytest.mark.parametrize("bad", ["x", None, object(), [Dense(1)], Dense], ids=name_type)
def test_what_is_no_layer_is_refused_by_verify_layer(bad: object) -> None:
    with pytest.raises(NNFrameError, match="expects a layer"):
        verify_layer(bad, X)  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", [3, None, "ab", np.ones((2, 2)), [1], (1, [1]), (1, 2), (1, None)], ids=name_type)
def test_a_pullback_of_a_function_that_returns_no_mapping_is_refused(pair: object) -> None:
    with pytest.raises(NNFrameError, match="the pullback must return"):
        verify_pullback(cast("Any", lambda p, x: (p["w"] * x, lambda dy: pair)), {"w": np.ones(2)}, np.ones(2))


@pytest.mark.parametrize("result", [3, None, np.ones((2, 2)), (1, 2), (1, 2, 3)], ids=name_type)
def test_a_function_that_returns_no_pullback_is_refused(result: object) -> None:
    with pytest.raises(NNFrameError, match=r"the function must return \(output, pullback\)"):
        verify_pullback(cast("Any", lambda p, x: result), {"w": np.ones(2)}, np.ones(2))


def test_masked_elements_are_refused_wherever_a_gradient_is_verified() -> None:
    calls: list[Callable[[], object]] = [
        lambda: verify_layer(Scale(lambda dy, x: (dy, Gain((dy * x).sum(0)))), X, parameters=Gain(MASKED)),
        lambda: verify_layer(Dense(1), np.ma.masked_array(X, mask=X > 0)),
        lambda: verify_gradient(lambda w: (w**2).sum(), lambda w: 2 * w, MASKED),
        lambda: verify_pullback(lambda p, x: (2 * x, lambda dy: (2 * dy, {})), {}, MASKED),
        lambda: verify_pullback(lambda p, x: (p["w"] * x, lambda dy: (dy, {})), {"w": MASKED}, np.ones(2)),
    ]
    for call in calls:
        with pytest.raises(NNFrameError, match="masked"):
            call()
