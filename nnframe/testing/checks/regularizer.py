"""What is asked of regularizers."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.testing.check import check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.checks.gradients import describe_mistakes
from nnframe.testing.subject import Subject
from nnframe.verification import verify_gradient

__all__ = ["penalty_form", "penalty_gradient", "penalty_pure", "penalty_zero"]

KIND = ("regularizer",)


def _values() -> list[Array]:
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((5,), (4, 3))]


@check("gives a penalty and its gradient", is_part, kinds=KIND)
def penalty_form(subject: Subject) -> None:
    """The penalty is one float, the gradient an array of the parameter's shape and dtype, float32 too."""
    for value in _values():
        for dtype in ("float64", "float32"):
            penalty, gradient = subject.part.penalty(value.astype(dtype))
            if not isinstance(penalty, float) or not np.isfinite(penalty):
                raise ConformanceError(f"the penalty is {penalty!r:.60}, not one finite float: write float(...)")
            if np.shape(gradient) != value.shape or np.asarray(gradient).dtype != dtype:
                raise ConformanceError(
                    f"for a {dtype} parameter {value.shape} the gradient is {np.asarray(gradient).dtype} "
                    f"{np.shape(gradient)}"
                )


@check("leaves the parameter alone", penalty_form, kinds=KIND)
def penalty_pure(subject: Subject) -> None:
    """A penalty looks and does not touch; asked again it is the same."""
    for value in _values():
        before = value.copy()
        first, gradient = subject.part.penalty(value)
        kept = np.array(gradient)
        again, gradient = subject.part.penalty(value)
        if not np.array_equal(value, before):
            raise ConformanceError("penalty writes into the parameter: compute a new array")
        if first != again or not np.array_equal(kept, gradient):
            raise ConformanceError("asked again, the penalty or its gradient is another one")


@check("a parameter of zero gives no NaN", penalty_form, kinds=KIND)
def penalty_zero(subject: Subject) -> None:
    """Biases begin at 0, where θ / |θ| is no number."""
    penalty, gradient = subject.part.penalty(np.zeros((4, 3)))
    if not np.isfinite(penalty) or not np.isfinite(gradient).all():
        raise ConformanceError("at θ = 0 the penalty or its gradient is not finite: give 0 there")


@check("the gradient of the penalty is right", penalty_pure, kinds=KIND)
def penalty_gradient(subject: Subject) -> None:
    """The GradientVerifier agrees with it; where it does not, it says what the mistake is."""
    for value in _values():
        report = verify_gradient(
            lambda at: subject.part.penalty(at)[0], lambda at: np.array(subject.part.penalty(at)[1]), value
        )
        if report.failed:
            raise ConformanceError(f"at a parameter {value.shape}, {describe_mistakes(report)}")
