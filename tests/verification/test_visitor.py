"""GradientVisitor: meets every layer and parameter; a subclass leaves something out, or adds findings of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen

from nnframe import Model
from nnframe.composition import LayerVisit, Parameter
from nnframe.errors import ConfigurationError, VerificationError
from nnframe.interfaces import AnyLayer, Context, Loss
from nnframe.layers import LSTM, BatchNorm, Dense, Residual, Sequential, Shared
from nnframe.verification import Cause, Finding, GradientVerifier, GradientVisitor, Verdict, VerificationReport

X = np.random.default_rng(0).normal(size=(5, 4))
Y = np.random.default_rng(1).normal(size=(5, 2))


@frozen
class Wrong(Dense):
    """A dense layer one of whose gradients is doubled."""

    name: str = "weight"

    def forward(self, parameters: Any, x: Any, context: Context) -> Any:
        y, pull = super().forward(parameters, x, context)

        def pullback(dy: Any) -> Any:
            dx, gradient = pull(dy)
            return dx, evolve(gradient, **{self.name: 2 * getattr(gradient, self.name)})

        return y, pullback


class Skip(GradientVisitor):
    """Leaves out one parameter."""

    skipped = "0.weight"

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        if parameter.path != self.skipped:
            super().visit_parameter(parameter, layer)


def make_model(*layers: Any, **options: Any) -> Model:
    return Model([*layers, "tanh", Dense(2)], loss="mse", input_shape=(4,), **options)


def list_paths(report: VerificationReport) -> list[str]:
    return [each.path for each in report.findings]


def list_failed(report: VerificationReport) -> list[str]:
    return [each.path for each in report.findings if each.verdict is Verdict.FAIL]


def strip(report: VerificationReport) -> VerificationReport:
    return evolve(report, seconds=0.0)


@pytest.mark.parametrize("strategy", ["auto", "every-element", "search", "sample", "end-to-end"])
@pytest.mark.parametrize("budget", [None, 60])
def test_verifying_is_accepting_the_visitor(strategy: Any, budget: int | None) -> None:
    model = make_model(Dense(5), Residual([Dense(5), "relu"]))
    options: dict[str, Any] = {"strategy": strategy, "seed": 4, "budget": budget, "details": {"0.weight": (1, 1)}}
    verified = GradientVerifier(**options).verify(model, X, Y)
    assert strip(verified) == strip(model.accept(GradientVisitor(X, Y, **options)))


def test_a_wrong_model_is_verified_alike_too() -> None:
    model = make_model(Wrong(5))
    assert strip(GradientVerifier().verify(model, X, Y)) == strip(model.accept(GradientVisitor(X, Y)))


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="every-element"):
        GradientVisitor(X, Y, strategy="guess")  # type: ignore[arg-type]


def test_a_skipped_parameter_has_no_finding_and_costs_nothing() -> None:
    model = make_model(Dense(5))
    complete, partial = GradientVerifier().verify(model, X, Y), model.accept(Skip(X, Y))
    assert set(list_paths(complete)) - set(list_paths(partial)) == {"0.weight"}
    assert partial.forwards < complete.forwards
    assert partial.passed


def test_a_fault_in_a_skipped_parameter_is_not_seen_and_one_in_its_neighbour_is() -> None:
    skipped, neighbour = make_model(Wrong(5)), make_model(Wrong(5, name="bias"))
    assert list_failed(GradientVerifier().verify(skipped, X, Y)) == ["0.weight"]
    assert skipped.accept(Skip(X, Y)).passed
    assert list_failed(neighbour.accept(Skip(X, Y))) == ["0.bias"]


@pytest.mark.parametrize("pruned", [(0,), (2,)])
def test_a_pruned_layer_has_no_finding_of_its_parameters_and_its_faults_are_not_seen(pruned: tuple[int]) -> None:
    class Prune(GradientVisitor):
        def visit_layer(self, visit: LayerVisit) -> bool | None:
            return False if visit.path == pruned else super().visit_layer(visit)

    model = Model([Wrong(4), "tanh", Wrong(2, name="bias")], loss="mse", input_shape=(4,))
    faults = {(0,): "0.weight", (2,): "2.bias"}
    complete, partial = GradientVerifier().verify(model, X, Y), model.accept(Prune(X, Y))
    assert set(list_failed(complete)) == set(faults.values())
    assert list_failed(partial) == [path for place, path in faults.items() if place != pruned]
    assert not [path for path in list_paths(partial) if path.startswith(f"{pruned[0]}.")]
    assert partial.forwards < complete.forwards


def test_a_pruned_combinator_is_left_out_with_everything_inside() -> None:
    class Prune(GradientVisitor):
        def visit_layer(self, visit: LayerVisit) -> bool | None:
            return False if isinstance(visit.layer, Residual) else super().visit_layer(visit)

    model = make_model(Dense(4), Residual([Wrong(4), "tanh"]))
    assert list_failed(GradientVerifier().verify(model, X, Y)) == ["1.0.weight"]
    report = model.accept(Prune(X, Y))
    assert report.passed
    assert not [path for path in list_paths(report) if path.startswith("1.")]


def test_a_pruned_layer_after_its_preconditions_has_these_alone() -> None:
    """A subclass may ask for purity and shapes, and leave the derivatives out: their findings come on leaving."""

    class Prune(GradientVisitor):
        def visit_layer(self, visit: LayerVisit) -> bool | None:
            super().visit_layer(visit)
            return visit.path != (0,)

    total = np.zeros(5)

    def accumulate(gradient: Any) -> Any:
        total[...] += gradient
        return total.copy()

    @frozen
    class Stateful(Dense):
        def forward(self, parameters: Any, x: Any, context: Context) -> Any:
            y, pull = super().forward(parameters, x, context)
            return y, lambda dy: (pull(dy)[0], evolve(pull(dy)[1], bias=accumulate(pull(dy)[1].bias)))

    report = make_model(Stateful(5)).accept(Prune(X, Y))
    assert report["0.bias"].cause is Cause.SECOND_CALL_DIFFERS
    assert "0.weight" not in list_paths(report)


class Noting(GradientVisitor):
    """Adds a finding for each parameter that is all zeros."""

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        super().visit_parameter(parameter, layer)
        if not parameter.value.any():
            self.note(Finding(f"{parameter.path}.start", Verdict.INCONCLUSIVE, hint="starts at zero"))


def test_a_subclass_adds_findings_of_its_own() -> None:
    model = make_model(Dense(5))
    complete, noted = GradientVerifier().verify(model, X, Y), model.accept(Noting(X, Y))
    own = [path for path in list_paths(noted) if path.endswith(".start")]
    assert own == ["0.bias.start", "2.bias.start"]
    assert noted["0.bias.start"].hint == "starts at zero"
    assert {each for each in noted.findings if each.path not in own} == set(complete.findings)
    assert not noted.passed


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_findings_with_one_path_the_worse_counts(order: int) -> None:
    class Twice(GradientVisitor):
        def visit_loss(self, loss: Loss[object]) -> None:
            for verdict in (Verdict.KINK, Verdict.FAIL)[::order]:
                self.note(Finding("mine", verdict))

    assert make_model(Dense(3)).accept(Twice(X, Y))["mine"].verdict is Verdict.FAIL


class Calls(GradientVisitor):
    """Keeps the order of all calls."""

    def __init__(self, *given: Any, pruned: Any = None) -> None:
        super().__init__(*given)
        self.calls: list[str] = []
        self._pruned = pruned

    def visit_model(self, model: Any) -> None:
        self.calls.append("model")
        super().visit_model(model)

    def visit_layer(self, visit: LayerVisit) -> bool | None:
        self.calls.append(f"visit {visit.path}")
        super().visit_layer(visit)
        return visit.path != self._pruned

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        self.calls.append(parameter.path)
        super().visit_parameter(parameter, layer)

    def leave_layer(self, visit: LayerVisit) -> None:
        self.calls.append(f"leave {visit.path}")
        super().leave_layer(visit)

    def visit_loss(self, loss: Loss[object]) -> None:
        self.calls.append("loss")
        super().visit_loss(loss)

    def finish(self) -> VerificationReport:
        self.calls.append("finish")
        return super().finish()


@pytest.mark.parametrize("pruned", [None, (0,), (0, 0)])
def test_the_order_of_calls(pruned: Any) -> None:
    model = Model([Sequential([Dense(3), "tanh"]), BatchNorm(), Dense(2)], loss="mse", input_shape=(4,))
    visitor = Calls(X, Y, pruned=pruned)
    model.accept(visitor)
    dense = ["visit (0, 0)", *([] if pruned == (0, 0) else ["0.0.weight", "0.0.bias"]), "leave (0, 0)"]
    inside = [] if pruned == (0,) else [*dense, "visit (0, 1)", "leave (0, 1)"]
    norm = [f"1.{name.rsplit('.')[-1]}" for name in model.parameters if name.startswith("1.")]
    assert len(norm) == 4  # running statistics are met too
    assert visitor.calls == [
        "model", "visit ()",
        "visit (0,)", *inside, "leave (0,)",
        "visit (1,)", *norm, "leave (1,)",
        "visit (2,)", "2.weight", "2.bias", "leave (2,)",
        "leave ()", "loss", "finish",
    ]  # fmt: skip


def test_running_statistics_are_met_and_have_no_finding() -> None:
    visitor = Calls(X, Y)
    report = make_model(Dense(3), BatchNorm()).accept(visitor)
    met = {each for each in visitor.calls if each.startswith("1.")}
    statistics = {each for each in met if "running" in each or "mean" in each or "var" in each}
    assert len(statistics) == 2
    assert not statistics & set(list_paths(report))
    assert len(met - statistics) == 2
    assert met - statistics <= set(list_paths(report))


def test_a_shared_layer_has_findings_at_each_place_and_a_fault_at_each() -> None:
    def build(layer: Any) -> Model:
        return Model([Shared("one", layer), "tanh", Shared("one", layer)], loss="mse", input_shape=(4,))

    y = np.zeros((5, 4))
    report = GradientVerifier().verify(build(Dense(4)), X, y)
    paths = list_paths(report)
    assert len([path for path in paths if path.endswith("weight")]) == 2
    assert len([path for path in paths if path.endswith("bias")]) == 2
    assert report.passed
    failed = list_failed(GradientVerifier().verify(build(Wrong(4)), X, y))
    assert sorted(failed) == sorted(path for path in paths if path.endswith("weight"))


def test_a_recurrent_layer_is_met_like_any_other() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 3))
    model = Model([LSTM(3)], loss="mse", input_shape=(4, 3))

    class SkipRecurrent(Skip):
        skipped = "0.recurrent_weight"

    report = model.accept(SkipRecurrent(x, np.zeros((2, 3))))
    assert report.passed
    assert set(list_paths(report)) == {"0.input_weight", "0.bias", "0.input", "loss"}


def test_each_visit_is_a_verification_of_its_own() -> None:
    model = make_model(Dense(3))
    one, two = (model.accept(GradientVerifier().visit(X, Y)) for _ in range(2))
    assert strip(one) == strip(two)


def test_a_visitor_goes_through_one_model_once() -> None:
    model = Model([Dense(1)], loss="mse", input_shape=(2,))
    visitor = GradientVisitor(np.array([[0.0, 1.0]]), np.array([[1.0]]))
    assert model.accept(visitor).passed
    with pytest.raises(VerificationError, match="a new GradientVisitor"):
        model.accept(visitor)
