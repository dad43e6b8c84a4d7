"""Budgets: never exceeded, never a pass for what was not looked at, and nothing right is blamed for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen
from hypothesis import given, settings, strategies as st

from nnframe import Model
from nnframe.arrays import Array
from nnframe.composition.tree import convert
from nnframe.interfaces import AnyResult, Builder, Context
from nnframe.layers import LSTM, Conv2D, Dense, Sequential
from nnframe.verification import (
    Budget,
    GradientVerifier,
    Verdict,
    VerificationReport,
    verify_gradient,
    verify_layer,
    verify_pullback,
)
from tests.verification.functions import changed, dense, dense_values

BUDGETS = [1, 2, 3, 5, 10, 20, 50, 100, 200]
Change = Callable[[Array], Array]


def turn_one(gradient: Array) -> Array:
    """The same with one sign turned round: of the largest element, so that it is no zero."""
    wrong = gradient.copy()
    wrong.reshape(-1)[np.abs(gradient).argmax()] *= -1
    return wrong


MISTAKES: dict[str, Change] = {"sign of one": turn_one, "zero": lambda g: 0 * g, "factor 2": lambda g: 2 * g}


@frozen
class Changed(Sequential):
    """Layers whose gradients are changed: of their first parameter, or of their input."""

    parameter: bool = True
    change: Any = None

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        output, pullback = super().run(parameters, x, context)

        def wrong(upstream: object) -> Any:
            dx, gradient = pullback(upstream)
            if not self.parameter:
                return self.change(dx), gradient
            left = [self.change]
            return dx, convert(gradient, lambda each: left.pop()(each) if left else each)

        return output, wrong


def check_dense(change: Change, budget: Any) -> VerificationReport:
    return verify_pullback(changed(dense, "weight", change), *dense_values(), budget=budget)


def check_large_dense(change: Change, budget: Any) -> VerificationReport:
    return verify_pullback(changed(dense, "weight", change), *dense_values(4, 40, 30), budget=budget)


def check_input(change: Change, budget: Any) -> VerificationReport:
    return verify_pullback(changed(dense, "input", change), *dense_values(), budget=budget)


def check_conv(change: Change, budget: Any) -> VerificationReport:
    x = np.random.default_rng(0).normal(size=(2, 5, 5, 2))
    return verify_layer(Changed([Conv2D(2, 3)], change=change), x, budget=budget)


def check_conv_input(change: Change, budget: Any) -> VerificationReport:
    x = np.random.default_rng(0).normal(size=(2, 5, 5, 2))
    return verify_layer(Changed([Conv2D(2, 3)], parameter=False, change=change), x, budget=budget)


@frozen
class ChangedLSTM(LSTM):
    """An LSTM with steps, and one gradient changed."""

    change: Any = None

    def _gradients(self, *arguments: Any) -> Any:
        dx, gradient = LSTM._gradients(self, *arguments)  # noqa: SLF001 - the fault is put there
        return dx, evolve(gradient, recurrent_weight=self.change(gradient.recurrent_weight))


def check_lstm(change: Change, budget: Any) -> VerificationReport:
    return verify_layer(ChangedLSTM(3, change=change), np.random.default_rng(0).normal(size=(2, 4, 3)), budget=budget)


def check_model(change: Change, budget: Any) -> VerificationReport:
    model = Model([Changed([Dense(4)], change=change), "tanh", Dense(2)], loss="mse", input_shape=(3,))
    rng = np.random.default_rng(0)
    return GradientVerifier(budget=budget).verify(model, rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))


def check_end_to_end(change: Change, budget: Any) -> VerificationReport:
    model = Model([Changed([Dense(4)], change=change), "tanh", Dense(2)], loss="mse", input_shape=(3,))
    rng = np.random.default_rng(0)
    verifier = GradientVerifier(strategy="end-to-end", budget=budget)
    return verifier.verify(model, rng.normal(size=(5, 3)), rng.normal(size=(5, 2)))


def check_scalar(change: Change, budget: Any) -> VerificationReport:
    at = np.random.default_rng(0).normal(size=12)
    return verify_gradient(lambda x: np.sin(x).sum(), lambda x: change(np.cos(x)), at, budget=budget)


def check_number(change: Change, budget: Any) -> VerificationReport:
    return verify_gradient(lambda x: x**3, lambda x: float(change(np.array(3 * x**2))), 1.5, budget=budget)


def check_curved(change: Change, budget: Any) -> VerificationReport:
    """One number from many elements: each needs forwards of its own, so that directions take their place."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=200)

    def function(p: Any, x: Any) -> Any:
        return np.exp(np.sin(p["w"] * a).mean()) * x, lambda u: (
            (u * np.exp(np.sin(p["w"] * a).mean())).sum(),
            {"w": (u * x).sum() * change(np.exp(np.sin(p["w"] * a).mean()) * np.cos(p["w"] * a) * a / 200)},
        )

    return verify_pullback(function, {"w": rng.normal(size=200)}, 1.0, budget=budget)


KINDS = {
    "dense": check_dense,
    "large_dense": check_large_dense,
    "input": check_input,
    "conv": check_conv,
    "conv_input": check_conv_input,
    "lstm": check_lstm,
    "model": check_model,
    "end_to_end": check_end_to_end,
    "scalar": check_scalar,
    "number": check_number,
    "curved": check_curved,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_gradient_never_passes_and_no_budget_is_exceeded(kind: str, mistake: str) -> None:
    for budget in BUDGETS:
        report = KINDS[kind](MISTAKES[mistake], budget)
        assert report.forwards <= budget, budget
        assert not report.passed, budget
        assert max(each.verdict.severity for each in report.findings) >= Verdict.INCONCLUSIVE.severity, budget


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_without_a_budget_each_of_these_fails(kind: str, mistake: str) -> None:
    """So the test above asks something."""
    assert KINDS[kind](MISTAKES[mistake], None).failed


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=8)
@given(budget=st.integers(1, 400))
def test_a_right_gradient_fails_under_no_budget(kind: str, budget: int) -> None:
    report = KINDS[kind](lambda g: g, budget)
    assert report.forwards <= budget
    assert not report.failed, str(report)


@pytest.mark.parametrize("kind", KINDS)
def test_every_gradient_has_a_finding_under_every_budget(kind: str) -> None:
    """What nobody looked at is INCONCLUSIVE, and not left out."""
    complete = {each.path for each in KINDS[kind](lambda g: g, None).findings}
    for budget in (1, 3, 10, 50):
        assert {each.path for each in KINDS[kind](lambda g: g, budget).findings} >= complete, budget


@pytest.mark.parametrize("kind", KINDS)
def test_a_generous_budget_changes_nothing(kind: str) -> None:
    free = KINDS[kind](lambda g: g, None)
    ample = KINDS[kind](lambda g: g, 10 * free.forwards)
    assert (ample.findings, ample.forwards) == (free.findings, free.forwards)
    assert free.passed


def test_the_calls_of_a_function_are_counted_right() -> None:
    calls: list[int] = []

    def counted(p: Any, x: Any) -> Any:
        calls.append(1)
        return dense(p, x)

    for budget in [*BUDGETS, None]:
        calls.clear()
        report = verify_pullback(counted, *dense_values(), budget=budget)
        assert len(calls) == report.forwards


def test_one_wrong_sign_of_many_is_no_pass_under_a_budget() -> None:
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(40, 30)), rng.normal(size=(4, 40))

    def function(p: Any, x: Any) -> Any:
        t = np.tanh(x @ p["w"])

        def pullback(u: Any) -> Any:
            d = u * (1 - t**2)
            g = x.T @ d
            g[3, 4] *= -1
            return d @ p["w"].T, {"w": g}

        return t, pullback

    assert verify_pullback(function, {"w": w}, x).failed
    for budget in (*BUDGETS, 400, 800):
        report = verify_pullback(function, {"w": w}, x, budget=budget)
        assert report.forwards <= budget
        assert not report.passed


@pytest.mark.parametrize("mistake", [None, *MISTAKES])
def test_time_runs_out_by_at_most_one_call(mistake: str | None) -> None:
    """The function takes 10 ms; a clock of its own tells when each call began."""
    limit, each, begun = 0.15, 0.01, []
    change = MISTAKES[mistake] if mistake else (lambda g: g)
    started = time.perf_counter()

    def slow(p: Any, x: Any) -> Any:
        begun.append(time.perf_counter() - started)
        time.sleep(each)
        output, pullback = changed(dense, "weight", change)(p, x)

        def pull(u: Any) -> Any:
            begun.append(time.perf_counter() - started)
            time.sleep(each)
            return pullback(u)

        return output, pull

    report = verify_pullback(slow, *dense_values(4, 40, 30), budget=limit)
    assert max(begun) < limit + 0.005  # the clock of the budget starts a little later than this one
    assert not report.passed
    assert any("seconds" in note for note in report.notes)
    if mistake is None:
        assert not report.failed


@pytest.mark.parametrize("budget", [None, 3, 100, 60.0, Budget(50, 60.0)])
def test_a_report_says_it_was_hurried_only_where_the_clock_changed_something(budget: Any) -> None:
    assert not verify_pullback(dense, *dense_values(), budget=budget).notes


def test_a_limit_in_seconds_and_forwards_keeps_both() -> None:
    report = verify_pullback(dense, *dense_values(4, 40, 30), budget=Budget(forwards=12, seconds=60.0))
    assert report.forwards <= 12
    assert verify_pullback(dense, *dense_values(4, 40, 30), budget=Budget(10**6, 1e-9)).forwards == 0


def test_a_budget_can_be_used_again() -> None:
    budget = Budget(forwards=40)
    first, second = (verify_pullback(dense, *dense_values(), budget=budget) for _ in range(2))
    assert (first.forwards, first.findings) == (second.forwards, second.findings)
    assert budget.spent == 0


def test_a_budget_of_a_layer_without_parameters_is_kept() -> None:
    parameters = Dense(3).build(np.ones((2, 4)), Builder(np.random.default_rng(0)))[0]
    for budget in BUDGETS:
        assert verify_layer(Dense(3), np.ones((2, 4)), parameters=parameters, budget=budget).forwards <= budget


def check_wiring(budget: Any) -> VerificationReport:
    """Right layers in a combinator that doubles a gradient: only the check of the whole model sees it."""
    return check_model(MISTAKES["factor 2"], budget)


def check_symmetric(budget: Any) -> VerificationReport:
    """A missing transposition behind a symmetric matrix: only other points show it."""

    def product(p: Any, x: Any) -> Any:
        return x @ p["m"], lambda u: (u @ p["m"], {"m": x.T @ u})

    return verify_pullback(product, {"m": np.eye(3)}, np.random.default_rng(0).normal(size=(4, 3)), budget=budget)


def check_narrow(budget: Any) -> VerificationReport:
    """Right in float64 and wrong in float32: only the comparison of both shows it."""

    def square(p: Any, x: Any) -> Any:
        return x * x, lambda u: (2 * x * u * (1 if x.dtype == np.float64 else x.dtype.type(1.1)), {})

    return verify_pullback(square, {}, np.array([1.0, 2.0], np.float32), budget=budget)


def check_tie(budget: Any) -> VerificationReport:
    """Both of two equal numbers get the whole gradient of their maximum: only the two together are wrong."""

    def largest(p: Any, x: Any) -> Any:
        return x.max(-1), lambda u: (u[..., None] * (x == x.max(-1, keepdims=True)), {})

    return verify_pullback(largest, {}, np.array([[1.0, 1.0, 0.0], [0.5, 2.0, 2.0]]), budget=budget)


@pytest.mark.parametrize("check", [check_wiring, check_symmetric, check_narrow, check_tie])
def test_what_a_later_check_would_have_seen_does_not_pass_where_the_budget_ends_before_it(
    check: Callable[[Any], VerificationReport],
) -> None:
    free = check(None)
    assert free.failed
    passing = [budget for budget in range(1, free.forwards) if check(budget).verdict in (Verdict.PASS, Verdict.KINK)]
    assert passing == []
