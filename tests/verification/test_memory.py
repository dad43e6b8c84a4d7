"""Memory of a verification: one policy at every size, measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.interfaces import Builder, Context
from nnframe.layers import Dense
from nnframe.verification import GradientVerifier, VerificationReport, verify_layer

MIB = 2**20
ROOM = 8 * MIB
WIDTHS = (400, 700)
HOWS = ("verify_layer", "every-element", "search")
MISTAKES = ("none", "doubled", "one element", "rows rolled")


def change(gradient: Array, mistake: str) -> Array:
    """The gradient of a weight with a mistake in it."""
    if mistake == "doubled":
        return 2 * gradient
    if mistake == "rows rolled":
        return np.roll(gradient, 1, 0)
    wrong = gradient if mistake == "none" else gradient.copy()
    if mistake == "one element":
        wrong[7, 11] *= -1
    return wrong


@frozen
class Changed(Dense):
    """A dense layer with a mistake in the gradient of its weight."""

    mistake: str = "none"

    def forward(self, parameters: Any, x: Array, context: Context) -> Any:
        y, pull = super().forward(parameters, x, context)

        def pullback(dy: Array) -> Any:
            dx, gradient = pull(dy)
            return dx, evolve(gradient, weight=change(gradient.weight, self.mistake))

        return y, pullback


def build(width: int, how: str, mistake: str) -> Callable[[], VerificationReport]:
    """A verification of a square layer that is built already, of four examples."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 4, width))
    layer = Changed(width, mistake=mistake)
    if how == "verify_layer":
        parameters = layer.build(x, Builder(rng))[0]
        return lambda: verify_layer(layer, x, parameters=parameters)
    model = Model([layer], loss="mse", input_shape=(width,))
    verifier = GradientVerifier(strategy=how)  # type: ignore[arg-type]
    return lambda: verifier.verify(model, x, y)


def measure(width: int, how: str, mistake: str) -> dict[str, Any]:
    """The peak above a built model, and what is said of the weight."""
    verify = build(width, how, mistake)
    tracemalloc.start()
    try:
        report = verify()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    path = "weight" if how == "verify_layer" else "0.weight"
    return {"peak": peak, "verdict": report[path].verdict.value, "coverage": str(report[path].coverage)}


@cache
def measure_all(width: int) -> dict[str, Any]:
    """Every measurement of one width, in a process of its own, which has imported and run everything once before."""
    script = (
        "import json; from tests.verification.test_memory import *\n"
        "for how in HOWS: build(8, how, 'none')()\n"
        f"print(json.dumps({{f'{{h}}, {{m}}': measure({width}, h, m) for h in HOWS for m in MISTAKES}}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_a_verification_that_passes_takes_at_most_six_weights_and_8_mib(width: int) -> None:
    weight = 8 * width**2
    for how in HOWS:
        found = measure_all(width)[f"{how}, none"]
        assert found["verdict"] == "PASS", how
        assert found["peak"] <= 6 * weight + ROOM, (how, found["peak"] / weight)
        covered = f"all {width**2:,} by directions" if how == "search" else f"every one of {width**2:,}"
        assert found["coverage"] == covered, how


@pytest.mark.parametrize("width", WIDTHS)
def test_a_verification_that_fails_takes_at_most_ten_weights_and_8_mib(width: int) -> None:
    weight = 8 * width**2
    for how in HOWS:
        for mistake in MISTAKES[1:]:
            found = measure_all(width)[f"{how}, {mistake}"]
            assert found["verdict"] == "FAIL", (how, mistake)
            assert found["peak"] <= 10 * weight + ROOM, (how, mistake, found["peak"] / weight)
            if how != "search":
                assert found["coverage"] == f"every one of {width**2:,}", (how, mistake)
