"""Memory of a verification: one policy at every size, measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attrs import evolve, frozen

from nnframe import Model
from nnframe.arrays import Array
from nnframe.interfaces import Builder, Context
from nnframe.layers import Dense
from nnframe.verification import GradientVerifier, VerificationReport, verify_layer

ROOM = 8 * 2**20
MISTAKES = ("doubled", "one element", "rows rolled")


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


PASSES = {"verify_layer": ("none",), "every-element": ("none",), "search": ("none",)}
GROUPS: list[Any] = [
    (400, PASSES),
    (700, PASSES),
    (400, {"verify_layer": ("one element",), "every-element": ("one element",), "search": MISTAKES}),
    (700, {"verify_layer": ("one element", "rows rolled"), "search": MISTAKES}),
    (400, {"every-element": ("doubled",)}),
]
"""What is measured; every element of a weight of 700 x 700 that is wrong everywhere takes minutes."""


def measure_all(width: int, cases: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The measurements of some cases, in a process of its own, which has run each of them once before."""
    script = (
        "import json; from tests.verification.test_memory import build, measure\n"
        f"for how, mistake in {cases}: build(16, how, mistake)()\n"
        f"print(json.dumps([measure({width}, *case) for case in {cases}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("width", "group"), GROUPS)
def test_a_verification_takes_at_most_six_weights_or_ten_where_it_fails_and_8_mib(
    width: int, group: dict[str, tuple[str, ...]]
) -> None:
    cases = [(how, mistake) for how, mistakes in group.items() for mistake in mistakes]
    for (how, mistake), found in zip(cases, measure_all(width, cases), strict=True):
        right, weight = mistake == "none", 8 * width**2
        assert found["verdict"] == ("PASS" if right else "FAIL"), (how, mistake)
        directions = how == "search" or (how == "verify_layer" and width > 600)  # "auto" chooses by counts
        covered = f"all {width**2:,} by directions" if directions else f"every one of {width**2:,}"
        assert found["coverage"] == covered, (how, mistake)
        assert found["peak"] <= (6 if right else 10) * weight + ROOM, (how, mistake, found["peak"] / weight)
