"""Search along directions: many elements with few forwards."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import Cause, Verdict, verify_pullback
from tests.verification.functions import changed, dense


def curved(n: int) -> tuple[Any, dict[str, Any], np.ndarray]:
    rng = np.random.default_rng(0)
    c, w = rng.normal(size=n), rng.normal(size=n)

    def function(p: Any, x: Any) -> Any:
        s = np.sin(p["w"]) @ c
        return s * s / 1e2 + np.cos(p["w"]) @ c, lambda u: (
            None,
            {"w": u * c * (2 * s * np.cos(p["w"]) / 1e2 - np.sin(p["w"]))},
        )

    return function, {"w": w}, np.ones(1)


@pytest.mark.parametrize("error", [0.1, 1e-2, 1e-3])
def test_one_wrong_element_of_many_is_found_by_bisection(error: float) -> None:
    n, wrong = 2**17, 77_777
    function, p, x = curved(n)

    def change(gradient: Any) -> Any:
        gradient = gradient.copy()
        gradient[wrong] *= 1 + error
        return gradient

    finding = (report := verify_pullback(changed(function, "w", change), p, x, budget=1000))["w"]
    assert finding.wrong == ((wrong,),)
    assert finding.cause is Cause.SPARSE_ELEMENTS
    assert report.forwards <= 90


def test_a_search_says_how_small_an_error_it_would_have_seen() -> None:
    function, p, x = curved(2**15)
    coverage = verify_pullback(function, p, x, budget=1000)["w"].coverage
    assert coverage is not None
    assert coverage.by_directions == 2**15
    assert 0 < coverage.smallest_visible < 1e-3


def test_a_search_gives_up_where_everything_is_wrong() -> None:
    rng = np.random.default_rng(0)
    w, noise = rng.normal(size=200_000), rng.normal(size=200_000)

    def function(p: Any, x: Any) -> Any:
        total = np.sin(p["w"]).sum()
        return x * total, lambda u: (u * total, {"w": (np.cos(p["w"]) + noise) * (u @ x)})

    report = verify_pullback(function, {"w": w}, rng.normal(size=3))
    assert [each.path for each in report.findings if each.verdict is Verdict.FAIL] == ["w"]
    assert report.forwards < 500


@pytest.mark.parametrize("shape", [(0, 4), (6, 0)])
def test_empty_arrays_pass(shape: tuple[int, int]) -> None:
    values = {"weight": np.ones((shape[1], 3)), "bias": np.zeros(3)}
    assert verify_pullback(dense, values, np.ones(shape)).passed
