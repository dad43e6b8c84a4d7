"""GradientVerifier: a model, layer by layer, then its wiring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.errors import ConfigurationError
from nnframe.interfaces import AnyLayer, AnyResult, Context, Function, Loss
from nnframe.layers import Dense, Dropout, Parallel, Residual, Sequential
from nnframe.verification import Cause, GradientVerifier, Verdict, verify_layer, verify_loss, verify_pullback

X = np.random.default_rng(0).normal(size=(3, 4))
Y = np.random.default_rng(1).normal(size=(3, 2))


def named(report: Any) -> list[str]:
    return [each.path for each in report.findings if each.verdict is Verdict.FAIL]


@frozen
class Halved(Function):
    """y = x², with half of its derivative."""

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        return x * x, lambda dy: dy * x


@frozen
class Rounded(Function):
    """y = round(x); the pullback passes the upstream straight through."""

    @property
    def straight_through(self) -> bool:
        return True

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        return np.round(x), lambda dy: dy


@frozen
class Forgetful(Sequential):
    """A combinator that loses half of the upstream on its way."""

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        output, pullback = super().run(parameters, x, context)
        return output, lambda upstream: pullback(0.5 * upstream)  # type: ignore[operator]


@frozen
class Square(Loss):
    """½ Σ (prediction - target)², with the wrong sign."""

    def forward(self, prediction: Array, target: Array) -> tuple[Array, Callable[[Array], Array]]:
        error = prediction - target
        return 0.5 * (error**2).sum(-1), lambda upstream: -upstream[..., None] * error


def model(*layers: AnyLayer | str, **options: Any) -> Model:
    return Model(list(layers), loss="mse", input_shape=(4,), **options)


def test_every_gradient_of_every_layer_is_verified() -> None:
    report = GradientVerifier().verify(
        model(Dense(5), "tanh", Residual([Dense(5), "tanh"]), Dropout(0.4), Dense(2)), X, Y
    )
    assert report.passed
    paths = {each.path for each in report.findings}
    assert {"0.weight", "0.bias", "0.input", "1.input", "2.0.weight", "2.1.input", "3.input", "4.bias", "loss"} <= paths


def test_a_wrong_layer_is_named_and_no_other() -> None:
    report = GradientVerifier().verify(model(Dense(5), Halved(), Dense(2)), X, Y)
    assert named(report) == ["1.input"]
    assert report["1.input"].cause is Cause.SCALE
    assert report["1.input"].factor == pytest.approx(0.5)


def test_a_wrong_combinator_shows_through_the_whole_model() -> None:
    report = GradientVerifier().verify(model(Forgetful([Dense(5), "tanh"]), Dense(2)), X, Y)
    assert set(named(report)) >= {"0.0.weight", "0.0.bias"}
    assert "1.weight" not in named(report)


def test_a_wrong_loss_is_named() -> None:
    report = GradientVerifier().verify(Model([Dense(2)], loss=Square(), input_shape=(4,)), X, Y)
    assert named(report) == ["loss"]
    assert report["loss"].cause is Cause.SIGN


def test_end_to_end_names_the_parameters_before_the_mistake() -> None:
    report = GradientVerifier(strategy="end-to-end").verify(model(Dense(5), Halved(), Dense(2)), X, Y)
    assert set(named(report)) == {"0.weight", "0.bias", "input"}


@pytest.mark.parametrize("strategy", ["auto", "every-element", "search", "sample"])
def test_all_strategies_agree(strategy: Any) -> None:
    verifier = GradientVerifier(strategy=strategy)
    assert verifier.verify(model(Dense(5), "sigmoid", Dense(2)), X, Y).passed
    assert named(verifier.verify(model(Dense(5), Halved(), Dense(2)), X, Y)) == ["1.input"]


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="every-element"):
        GradientVerifier(strategy="guess")  # type: ignore[arg-type]


def test_a_straight_through_layer_is_reported_as_declared() -> None:
    report = GradientVerifier().verify(model(Dense(5), Rounded(), Dense(2)), X, Y)
    assert report.passed
    assert report["1.input"].declared
    assert "on purpose" in str(report).replace("\n", " ")


def test_a_verified_model_is_bitwise_as_before() -> None:
    network = model(Dense(5), "tanh", Dropout(0.5), Dense(2))
    before = network.to_vector().tobytes()
    GradientVerifier().verify(network, X, Y)
    assert network.to_vector().tobytes() == before


def test_float32_models_are_verified_in_float64() -> None:
    report = GradientVerifier().verify(model(Dense(5), "relu", Dense(2), dtype="float32"), X, Y)
    assert report.passed


def test_layers_and_losses_can_be_verified_alone() -> None:
    assert verify_layer(Dense(3), X).passed
    assert verify_layer(Halved(), X).failed
    assert verify_layer(Rounded(), X).passed
    assert verify_loss(Square(), Y, Y + 1).failed  # type: ignore[arg-type]


def test_faults_injected_into_a_right_model_are_seen() -> None:
    power = GradientVerifier().power(model(Dense(3), "tanh", Dense(2)), X, Y)
    assert power.share == 1.0
    assert {each.fault for each in power.injections} >= {"zero", "sign", "0.01 % more"}


def test_accept_with_the_visitor_says_what_verify_says() -> None:
    model = Model([Dense(3), "tanh", Dense(2)], loss="mse", input_shape=(4,))
    verifier = GradientVerifier()
    assert model.accept(verifier.visit(X, Y)).findings == verifier.verify(model, X, Y).findings


@frozen
class Crossed(Parallel):
    """Several layers side by side, whose pullback doubles the upstream of the last one."""

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        output, pullback = super().run(parameters, x, context)

        def doubled(upstream: Any) -> tuple[object, object]:
            return pullback((*upstream[:-1], 2 * upstream[-1]))

        return output, doubled


def test_a_layer_with_several_outputs() -> None:
    report = verify_layer(Parallel([Dense(2), Dense(3)]), (X, X[:, :2]))
    assert report.passed
    assert {each.path for each in report.findings} == {
        "0.weight", "0.bias", "1.weight", "1.bias", "input.0", "input.1"
    }  # fmt: skip
    assert named(verify_layer(Crossed([Dense(2), Dense(3)]), (X, X[:, :2]))) == ["1.weight", "1.bias", "input.1"]


def test_a_parameter_may_not_be_called_as_the_input_is() -> None:
    def product(p: Any, x: Any) -> Any:
        return p["input"] * x, lambda u: (p["input"] * u, {"input": u * x})

    with pytest.raises(ConfigurationError, match="'input'"):
        verify_pullback(product, {"input": X}, X)
