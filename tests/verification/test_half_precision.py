"""Half precision has a ladder of two steps, and a verdict all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnframe.verification import verify_pullback


def half(factor: float) -> Any:
    """A function that computes in float64 and returns float16."""

    def function(parameters: Any, x: Any) -> Any:
        return (2 * x).astype(np.float16), lambda upstream: (2.0 * factor * upstream.astype(np.float64), {})

    return function


@pytest.mark.parametrize("shape", [(), (3,), (4, 5)])
def test_a_right_gradient_of_a_half_output_passes_and_one_of_the_wrong_sign_fails(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).normal(size=shape)
    assert verify_pullback(half(1.0), {}, x).passed
    assert verify_pullback(half(-1.0), {}, x).failed
    assert verify_pullback(half(0.0), {}, x).failed
