"""What is asked of constraints."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.testing.check import check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject

__all__ = ["constraint_form", "constraint_idempotent", "constraint_pure", "constraint_zero"]

KIND = ("constraint",)


def _values() -> list[Array]:
    rng = np.random.default_rng(0)
    return [3 * rng.normal(size=shape) for shape in ((5,), (4, 3), (3, 3, 2, 4))]


@check("keeps shape and dtype", is_part, kinds=KIND)
def constraint_form(subject: Subject) -> None:
    """What it gives has the parameter's shape and dtype, float32 too."""
    for value in _values():
        for dtype in ("float64", "float32"):
            allowed = subject.part.project(value.astype(dtype))
            if np.shape(allowed) != value.shape or np.asarray(allowed).dtype != dtype:
                raise ConformanceError(
                    f"for a {dtype} parameter {value.shape} it gives {np.asarray(allowed).dtype} {np.shape(allowed)}"
                )


@check("leaves the value alone", constraint_form, kinds=KIND)
def constraint_pure(subject: Subject) -> None:
    """It gives a new array: the model decides when the parameter moves."""
    for value in _values():
        before = value.copy()
        subject.part.project(value)
        if not np.array_equal(value, before):
            raise ConformanceError("project writes into the value: compute a new array")


@check("a value of zero gives no NaN", constraint_form, kinds=KIND)
def constraint_zero(subject: Subject) -> None:
    """Biases begin at 0, which has no direction to be scaled along."""
    for value in _values():
        if not np.isfinite(subject.part.project(np.zeros_like(value))).all():
            raise ConformanceError("at θ = 0 it gives what is not finite: do not divide by a norm of 0")


@check("what it gives is allowed", constraint_pure, constraint_zero, kinds=KIND)
def constraint_idempotent(subject: Subject) -> None:
    """Applied to what it gave, it changes nothing: a projection leads into the set, and leaves it alone there."""
    for value in _values():
        once = subject.part.project(value)
        twice = subject.part.project(once)
        if not np.allclose(once, twice, rtol=1e-6, atol=1e-9):
            raise ConformanceError(
                f"applied to its own result it moves it by {np.abs(once - twice).max():.2g}: that was not allowed yet"
            )
