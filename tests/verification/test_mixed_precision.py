"""float32 and float16: a right pullback passes, a wrong one fails as it does in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import verify_pullback
from tests.verification.functions import changed, dense, dense_values


def cast(dtype: Any, factor: float = 1.0) -> tuple[dict[str, Any], Any]:
    p, x = dense_values(5, 40, 3)
    return {name: value.astype(dtype) for name, value in p.items()}, (factor * x).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("factor", [1.0, 1e3])
def test_a_right_pullback_passes(dtype: Any, factor: float) -> None:
    assert verify_pullback(dense, *cast(dtype, factor)).passed


@pytest.mark.parametrize("path", ["weight", "bias", "input"])
@pytest.mark.parametrize("factor", [0.0, -1.0, 1.01, 1.0001])
def test_small_faults_are_seen_also_under_large_outputs(path: str, factor: float) -> None:
    wrong = changed(dense, path, lambda g: g * g.dtype.type(factor))
    assert verify_pullback(wrong, *cast(np.float32, 1e4)).failed


def test_a_function_that_insists_on_float32_is_verified_in_float32() -> None:
    def insists(p: Any, x: Any) -> Any:
        x, weight = x.astype(np.float32), p["weight"].astype(np.float32)
        y = np.tanh(x @ weight)

        def pullback(u: Any) -> Any:
            d = u.astype(np.float32) * (1 - y * y)
            return d @ weight.T, {"weight": x.T @ d}

        return y, pullback

    p, x = dense_values()
    given = {"weight": p["weight"].astype(np.float32)}, x.astype(np.float32)
    assert verify_pullback(insists, *given).passed
    for factor in (0.0, -1.0, 1.01):
        wrong = changed(insists, "weight", lambda g, f=factor: g * np.float32(f))  # type: ignore[misc]
        assert verify_pullback(wrong, *given).failed


def test_a_gradient_right_in_float64_and_wrong_in_float32_fails() -> None:
    def branches(p: Any, x: Any) -> Any:
        return x * x, lambda u: (2 * x * u * (1 if x.dtype == np.float64 else x.dtype.type(1.1)), {})

    assert verify_pullback(branches, {}, np.array([1.0, 2.0], np.float32)).failed
    assert verify_pullback(branches, {}, np.array([1.0, 2.0])).passed
