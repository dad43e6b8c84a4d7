"""What passes where something is positive, as on the way back through a rectifier. Arrays are flat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.compiled.loop import Loop

if TYPE_CHECKING:
    from nnframe.arrays import Array

__all__ = ["pass_positive"]


@Loop
def pass_positive(y: Array, values: Array, passed: Array) -> None:
    """passed = values where y > 0, and else 0: as a product, so that what is not a number stays so."""
    zero, one = y.dtype.type(0), y.dtype.type(1)
    for i in range(len(y)):
        passed[i] = values[i] * (one if y[i] > zero else zero)
