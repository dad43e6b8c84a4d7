"""diagnose: the first hypothesis that the numbers bear out, those with the fewest free parameters first."""

from __future__ import annotations

from collections.abc import Callable

from nnframe.verification.diagnosis.case import Case, Explanation
from nnframe.verification.diagnosis.layout import permuted, through_transposed, transposed
from nnframe.verification.diagnosis.localized import elementwise_derivative, some_elements
from nnframe.verification.diagnosis.reduction import not_accumulated, slice_weights, wrong_axis
from nnframe.verification.diagnosis.scaling import scaled, zero
from nnframe.verification.diagnosis.terms import another_term, coupling_forgotten, upstream_itself

__all__ = ["diagnose"]

HYPOTHESES: tuple[Callable[[Case], Explanation | None], ...] = (
    zero,
    scaled,
    transposed,
    wrong_axis,
    elementwise_derivative,
    not_accumulated,
    slice_weights,
    coupling_forgotten,
    permuted,
    some_elements,
    upstream_itself,
    another_term,
    through_transposed,
)
"""In the order of asking."""


def diagnose(case: Case) -> Explanation | None:
    """The mistake that explains a wrong gradient, or None: a false cause is worse than none."""
    for hypothesis in HYPOTHESES:
        explanation = hypothesis(case)
        if explanation is not None:
            return explanation
    return None
