"""verify_pullback: what is right passes, what is wrong fails, and nothing else is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from nnframe.errors import GradientError, VerificationError
from nnframe.verification import Budget, Verdict, verify_pullback
from tests.verification.functions import changed, dense, dense_values, elementwise


def test_a_right_pullback_passes_for_every_gradient() -> None:
    report = verify_pullback(dense, *dense_values())
    assert {each.path: each.verdict for each in report.findings} == dict.fromkeys(
        ("weight", "bias", "input"), Verdict.PASS
    )
    assert all(each.coverage and each.coverage.one_by_one == each.coverage.total for each in report.findings)


@pytest.mark.parametrize("path", ["weight", "bias", "input"])
@pytest.mark.parametrize("factor", [0.0, -1.0, 2.0, 1.01, 1 + 1e-4, 1 + 1e-5, 1 + 3e-6])
def test_a_factor_in_one_gradient_fails_that_one_alone(path: str, factor: float) -> None:
    report = verify_pullback(changed(dense, path, lambda g: factor * g), *dense_values())
    assert [each.path for each in report.findings if each.verdict is Verdict.FAIL] == [path]


def test_wrong_elements_are_named_exactly() -> None:
    def change(gradient: Any) -> Any:
        gradient = gradient.copy()
        gradient[1, 2] *= 1.1
        gradient[3, 0] += 1e-3 * gradient[0, 0]
        return gradient

    finding = verify_pullback(changed(dense, "weight", change), *dense_values())["weight"]
    assert finding.wrong == ((1, 2), (3, 0))
    assert finding.wrong_count == 2
    assert finding.worst is not None
    assert finding.worst.index == (1, 2)


def test_integers_have_no_gradient_and_tuples_have_one_each() -> None:
    def lookup(p: Any, x: Any) -> Any:
        index, factor = x

        def pullback(u: Any) -> Any:
            table = np.zeros_like(p["table"])
            np.add.at(table, index, u * factor)
            return (None, u * p["table"][index]), {"table": table}

        return p["table"][index] * factor, pullback

    x = (np.array([0, 3, 0]), np.random.default_rng(0).normal(size=(3, 2)))
    report = verify_pullback(lookup, {"table": np.random.default_rng(1).normal(size=(5, 2))}, x)
    assert report.passed
    assert {each.path for each in report.findings} == {"table", "input.1"}


def test_zero_dimensional_empty_and_strided_arrays_are_verified() -> None:
    square = elementwise(lambda x: x * x, lambda x: 2 * x)
    strided = np.random.default_rng(0).normal(size=(6, 8))[::2, ::-2].T
    for x in (np.array(3.0), 3.0, np.zeros((0, 2)), strided):
        assert verify_pullback(square, {}, x).passed


def test_a_gradient_that_is_not_returned_is_missed() -> None:
    report = verify_pullback(lambda p, x: (p["a"] * x, lambda u: (u * p["a"], {})), {"a": np.ones(2)}, np.ones(2))
    assert report["a"].verdict is Verdict.FAIL


def test_a_parameter_of_integers_is_refused() -> None:
    with pytest.raises(VerificationError, match="real numbers"):
        verify_pullback(dense, {"weight": np.ones((2, 2), int), "bias": np.ones(2)}, np.ones((1, 2)))


def test_a_budget_is_kept_and_coverage_told() -> None:
    rng = np.random.default_rng(0)

    def quadratic(p: Any, x: Any) -> Any:
        return p["w"] @ p["w"] + np.sin(p["w"]).prod(), lambda u: (
            None,
            {"w": u * (2 * p["w"] + np.sin(p["w"]).prod() / np.tan(p["w"]))},
        )

    report = verify_pullback(quadratic, {"w": rng.normal(size=400)}, np.ones(1), budget=Budget(forwards=100))
    assert report.forwards <= 100
    assert report.passed
    assert report["w"].coverage is not None
    assert report["w"].coverage.by_directions == 400


def test_a_failed_report_raises_and_says_what_is_wrong() -> None:
    report = verify_pullback(changed(dense, "bias", np.negative), *dense_values())
    with pytest.raises(GradientError, match="bias"):
        report.raise_if_failed()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-3, 3).filter(lambda c: abs(c) > 1e-3), min_size=1, max_size=4),
    st.lists(st.floats(-50, 50), min_size=1, max_size=4),
    st.integers(-20, 20),
)
def test_polynomials_of_any_scale_pass_and_their_negatives_fail(
    coefficients: list[float], points: list[float], power: int
) -> None:
    polynomial = np.polynomial.Polynomial([0.5, *coefficients]) * 10.0**power
    slope, x = polynomial.deriv(), np.array(points)
    assert verify_pullback(elementwise(polynomial, slope), {}, x).passed
    if np.abs(slope(x)).max() * max(1.0, np.abs(x).max()) > 1e-3 * np.abs(polynomial(x)).max():
        assert verify_pullback(elementwise(polynomial, lambda at: -slope(at)), {}, x).failed
