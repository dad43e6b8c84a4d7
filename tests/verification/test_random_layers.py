"""Layers that draw random numbers are verified with the same numbers in every forward, whenever they draw them."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nnframe.arrays import Array
from nnframe.interfaces import NO_PARAMETERS, Context, Layer, NoParameters, Result
from nnframe.layers import Dense, Dropout, Sequential
from nnframe.verification import verify_layer


@attrs.frozen(eq=False)
class Noise(Layer[NoParameters]):
    """Adds noise to the positive numbers, where there are any: it draws in some forwards and not in others."""

    def initialize(self, x: Array, rng: np.random.Generator) -> NoParameters:
        return NO_PARAMETERS

    def forward(self, parameters: NoParameters, x: Array, context: Context) -> Result[NoParameters]:
        positive = context.training and bool((x > 0).any())
        y = x + context.rng.normal(size=x.shape) if positive else 3.0 * x
        return y, lambda dy: (dy if positive else 3.0 * dy, NO_PARAMETERS)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_layer_that_draws_in_some_forwards(sign: float) -> None:
    x = sign * np.random.default_rng(0).uniform(0.5, 2.0, (4, 3))
    report = verify_layer(Noise(), x)
    assert report.passed, report


def test_two_layers_that_draw_one_after_the_other() -> None:
    x = np.random.default_rng(0).normal(size=(4, 6))
    report = verify_layer(Sequential([Dropout(0.3), Dense(5), Dropout(0.5)]), x)
    assert report.passed, report
