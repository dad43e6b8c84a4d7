"""The wiring of a model at points where it has kinks, and where float32 does not settle on a slope."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from attrs import frozen

from nnframe import Model
from nnframe.interfaces import AnyLayer, AnyResult, Context
from nnframe.layers import BatchNorm, Conv2D, Dense, Flatten, MaxPool2D, Residual, Sequential
from nnframe.verification import GradientVerifier, Verdict, VerificationReport

DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])


@frozen
class Forgetful(Sequential):
    """A combinator that loses half of the upstream on its way."""

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        output, pullback = super().run(parameters, x, context)
        return output, lambda upstream: pullback(0.5 * cast("Any", upstream))


@frozen
class Shortened(Residual):
    """A residual connection whose way back leaves the skip out."""

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        return super().run(parameters, x, context)[0], Sequential.run(self, parameters, x, context)[1]


def images(dtype: str) -> Any:
    """Strokes on an empty background: windows of a max pool hold equal numbers, and rectifiers get zeros."""
    x = np.zeros((6, 8, 8, 1), dtype)
    for number, image in enumerate(x):
        image[2:6, 1 + number % 5] = image[3, 2:7] = 1.0
    return x


def verified(layers: list[AnyLayer | str], dtype: str, seed: int) -> VerificationReport:
    loss = {"name": "cross_entropy", "from_logits": True}
    model = Model([*layers, Flatten(), Dense(3)], loss=loss, input_shape=(8, 8, 1), dtype=dtype, seed=seed)
    return GradientVerifier().verify(model, images(dtype), np.arange(6) % 3)


def lost(report: VerificationReport) -> list[str]:
    return [each.path for each in report.findings if each.verdict is Verdict.FAIL and "on the way" in each.hint]


@DTYPES
@pytest.mark.parametrize("seed", range(4))
def test_right_wiring_is_not_blamed_where_windows_hold_equal_numbers(dtype: str, seed: int) -> None:
    plain: list[AnyLayer | str] = [Conv2D(8, 3, padding="same"), "relu", MaxPool2D(2)]
    assert not lost(verified(plain, dtype, seed))
    assert not lost(verified([Conv2D(8, 3, padding="same"), BatchNorm(), "relu", MaxPool2D(2)], dtype, seed))


@DTYPES
def test_what_is_lost_on_the_way_is_found_there_too(dtype: str) -> None:
    inside: list[AnyLayer | str] = [Conv2D(8, 3, padding="same"), "relu", MaxPool2D(2)]
    assert "0.0.weight" in lost(verified([Forgetful(inside)], dtype, 0))
    skipping = Shortened([Conv2D(8, 3, padding="same"), "relu"])
    assert "0.weight" in lost(verified([Conv2D(8, 3, padding="same"), skipping, MaxPool2D(2)], dtype, 0))
