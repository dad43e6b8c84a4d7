"""verify_gradient: the classics, reproduced, and what today's verifier says about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.errors import ConfigurationError, VerificationError
from nnframe.verification import Cause, Verdict, verify_gradient

STEP = 1e-7


def course_network() -> tuple[Any, Any, dict[str, Any]]:
    """The course notebook's 4-5-3-1 network: cost, gradient, and parameters drawn as there."""
    state = np.random.RandomState(1)
    x, y = state.randn(4, 3), np.array([1, 1, 0])
    shapes = {"W1": (5, 4), "b1": (5, 1), "W2": (3, 5), "b2": (3, 1), "W3": (1, 3), "b3": (1, 1)}
    values = {name: state.randn(*shape) for name, shape in shapes.items()}

    def layers(p: Any) -> Any:
        a1 = np.maximum(0, p["W1"] @ x + p["b1"])
        a2 = np.maximum(0, p["W2"] @ a1 + p["b2"])
        return a1, a2, 1 / (1 + np.exp(-(p["W3"] @ a2 + p["b3"])))

    def cost(p: Any) -> Any:
        a = layers(p)[2][0]
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))

    def gradient(p: Any) -> Any:
        a1, a2, a3 = layers(p)
        d3 = (a3 - y) / 3
        d2 = (p["W3"].T @ d3) * (a2 > 0)
        d1 = (p["W2"].T @ d2) * (a1 > 0)
        weights = {"W3": d3 @ a2.T, "W2": d2 @ a1.T, "W1": d1 @ x.T}
        return {**weights, **{f"b{n}": d.sum(1, keepdims=True) for n, d in ((3, d3), (2, d2), (1, d1))}}

    return cost, gradient, values


def test_the_one_dimensional_classic_is_reproduced_to_the_last_digit() -> None:
    report = verify_gradient(lambda theta: theta * 2.0, lambda theta: 2.0, 4.0, formula="central", step=STEP)
    assert report.relative_difference == 2.919335883291695e-10
    assert report.passed


def test_the_course_networks_figure_is_reproduced_to_six_digits() -> None:
    report = verify_gradient(*course_network(), formula="central", step=STEP)
    assert report.relative_difference == pytest.approx(1.19099393705803e-07, rel=1e-6)
    assert report.passed


def test_with_steps_of_its_own_the_verifier_is_a_hundred_times_closer() -> None:
    report = verify_gradient(*course_network())
    assert report.passed
    assert report.relative_difference is not None
    assert report.relative_difference < 1.2e-9


def test_the_courses_two_mistakes_are_named() -> None:
    cost, gradient, values = course_network()
    wrong = lambda p: {**gradient(p), "W2": 2 * gradient(p)["W2"], "b1": 4 * gradient(p)["b1"]}  # noqa: E731
    report = verify_gradient(cost, wrong, values)
    failed = {each.path: each.factor for each in report.findings if each.verdict is Verdict.FAIL}
    assert failed == {"W2": pytest.approx(2.0, rel=1e-6), "b1": pytest.approx(4.0, rel=1e-6)}


@pytest.mark.parametrize(
    ("formula", "step", "error"),
    [
        ("forward", 1e-6, 1e-5),
        ("backward", 1e-6, 1e-5),
        ("central", 1e-5, 1e-9),
        ("complex", 1e-30, 1e-15),
        ("richardson", 1e-2, 1e-8),
    ],
)
def test_formulas_come_as_close_as_their_order_allows(formula: str, step: float, error: float) -> None:
    at = np.array([0.3, 1.2])
    report = verify_gradient(
        lambda x: (np.exp(x) * np.sin(x)).sum(),
        lambda x: np.exp(x) * (np.sin(x) + np.cos(x)),
        at,
        formula=formula,
        step=step,
    )
    assert report.relative_difference is not None
    assert report.relative_difference < error
    assert report.passed


def test_a_bad_step_makes_bad_numbers_and_no_wrong_verdict() -> None:
    report = verify_gradient(np.exp, np.exp, 1.0, formula="forward", step=0.5)
    assert report.relative_difference is not None
    assert report.relative_difference > 0.1
    assert report.passed


def test_gradients_from_before_an_update_are_recognised() -> None:
    matrix = np.diag([1.0, 2.0, 3.0, 4.0]) + 0.1

    def f(t: Any) -> Any:
        return t @ matrix @ t / 2 + np.sin(t).sum()

    before = np.array([0.5, -1.0, 2.0, 0.1])
    gradient = matrix @ before + np.cos(before)
    finding = verify_gradient(f, gradient, before - 0.01 * gradient)["input"]
    assert finding.cause is Cause.STALE
    assert "0.01" in finding.hint


def test_a_gradient_may_be_a_value_and_the_point_a_number_of_any_kind() -> None:
    assert verify_gradient(lambda t: t**2, 8, at=4).passed
    assert verify_gradient(lambda t: t**2, np.float32(8), at=np.float32(4)).passed
    assert verify_gradient(lambda t: t["a"] * t["b"], {"a": 3.0, "b": 2.0}, {"a": 2.0, "b": 3.0}).passed
    assert verify_gradient(lambda t: t**2, -8.0, at=4.0).failed


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="central, forward"):
        verify_gradient(np.sin, np.cos, 1.0, formula="sideways")
    with pytest.raises(ConfigurationError, match="positive step"):
        verify_gradient(np.sin, np.cos, 1.0, formula="central", step=0.0)
    with pytest.raises(VerificationError, match="one number"):
        verify_gradient(np.sin, np.cos, np.ones(3))
    with pytest.raises(VerificationError, match="real numbers"):
        verify_gradient(np.sin, np.cos, "x")


def test_a_limit_that_allows_no_call_leaves_the_gradient_undecided() -> None:
    report = verify_gradient(lambda w: w @ w, lambda w: w, np.ones(3), budget=1e-12)
    assert report["input"].verdict is Verdict.INCONCLUSIVE
    assert report.forwards == 0
