"""Functions that hand numbers on as they are: their outputs have the digits of their inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.windows import Windows
from nnframe.interfaces import Context, Function
from nnframe.layers import MaxPool2D
from nnframe.layers.pooling import Pooled
from nnframe.verification import Verdict, verify_layer
from nnframe.verification.checks.mixed_precision import find_unit
from nnframe.verification.function.function import FunctionUnderTest


def rows(dtype: str) -> Any:
    """Rectified numbers, as single precision has them: zeros, and neighbours that are nearly equal."""
    x = np.random.default_rng(0).normal(size=(4, 6, 6, 3)).astype("float32")
    x[:, ::2] = x[:, 1::2] * np.float32(1 + 2e-4)
    return np.maximum(x, 0).astype(dtype)


@frozen
class Scaled(MaxPool2D):
    """A max pool whose gradient is wrong by three parts in ten thousand."""

    def pool(self, x: Array, windows: Windows) -> Pooled:
        y, pull = super().pool(x, windows)
        return y, lambda dy: pull(dy) * dy.dtype.type(1 + 3e-4)


@frozen
class Narrow(Function):
    """y = x², computed in float32 whatever comes."""

    def apply(self, x: Array, context: Context) -> tuple[Array, Callable[[Array], Array]]:
        narrow = x.astype("float32")
        return (narrow * narrow).astype(x.dtype), lambda dy: 2 * x * dy


def unit_of(layer: Function, x: Array) -> float:
    function = FunctionUnderTest(
        {"input": x}, lambda values: (layer.apply(values["input"], Context())[0], lambda dy: {})
    )
    return find_unit(function, function.compute_output(function.values))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_maximum_of_nearly_equal_numbers_is_right_and_a_slightly_wrong_one_is_not(dtype: str) -> None:
    assert verify_layer(MaxPool2D(2), rows(dtype))["input"].verdict in (Verdict.PASS, Verdict.KINK)
    assert verify_layer(Scaled(2), rows(dtype))["input"].verdict is Verdict.FAIL


def test_the_digits_of_the_arithmetic_are_told_from_those_of_the_input() -> None:
    assert unit_of(MaxPool2D(2), rows("float64")) == 2.0**-53
    assert unit_of(MaxPool2D(2), rows("float32")) == 2.0**-24
    assert unit_of(Narrow(), rows("float64")) == 2.0**-24
    assert unit_of(Narrow(), np.random.default_rng(0).normal(size=(2, 3))) == 2.0**-24
