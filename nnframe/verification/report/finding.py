"""Finding: what was found out about one gradient, as plain data."""

from __future__ import annotations

from attrs import frozen

from nnframe.verification.report.cause import Cause
from nnframe.verification.report.detail import Detail
from nnframe.verification.report.verdict import Verdict

__all__ = ["Coverage", "Finding", "Worst"]

Index = tuple[int, ...]
MOST_INDICES = 10_000
"""How many wrong elements a finding lists; it counts all."""


@frozen
class Worst:
    """The element whose gradient is furthest from the derivative, in error bars.

    Args:
        index: Where it is in its array.
        analytic: What the pullback gives.
        numeric: The derivative as measured from forwards.
        error_bar: How far the two may be apart; beyond it a gradient is wrong.
        one_sided: The slopes to the left and to the right, where they differ.
    """

    index: Index
    analytic: float
    numeric: float
    error_bar: float
    one_sided: tuple[float, float] | None = None

    @property
    def error(self) -> float:
        """The distance between the analytic and the numeric value."""
        return abs(self.analytic - self.numeric)


@frozen
class Coverage:
    """How much of a gradient was looked at.

    Args:
        one_by_one: Elements that were each compared with a derivative of their own.
        by_directions: Elements that were compared together, along random directions.
        total: All elements.
        smallest_visible: The smallest error in a single element that would have been seen (the largest, over the
            elements looked at).

    >>> print(Coverage(one_by_one=6, by_directions=0, total=6))
    every one of 6
    """

    one_by_one: int
    by_directions: int
    total: int
    smallest_visible: float = 0.0

    def __str__(self) -> str:
        if self.one_by_one >= self.total:
            return f"every one of {self.total:,}"
        if self.by_directions >= self.total:
            return f"all {self.total:,} by directions"
        seen = max(self.one_by_one, self.by_directions)
        return f"{100 * seen / self.total:.2g} % of {self.total:,}"


@frozen
class Finding:
    """What was found out about one gradient.

    Args:
        path: Which: a parameter's name, ``"input"``, ``"input.0"``, ``"upstream"`` or ``"forward"``; in a model
            ``"3.weight"``, ``"3.input"``, ``"loss"``.
        verdict: Right, wrong, or why neither can be said.
        cause: The mistake that explains a wrong gradient, if one was found.
        factor: Analytic over numeric value, where the cause is a scale.
        hint: A sentence for a person.
        wrong: The indices of wrong elements, cut to a sensible number.
        wrong_count: How many wrong elements there are (at least).
        worst: The worst element.
        coverage: How much was looked at.
        relative_difference: ``‖a − n‖ / (‖a‖ + ‖n‖)`` of the analytic and the numeric gradient.
        residual: What the cause leaves unexplained, relative to the gradient.
        declared: The layer says that its pullback is on purpose not the derivative; nothing was compared.
        numerically_zero: The derivative is below what the output can resolve over the variable's whole scale.
        detail: What a picture of it shows, where that was asked for.

    >>> Finding("weight", Verdict.PASS).path
    'weight'
    """

    path: str
    verdict: Verdict
    cause: Cause | None = None
    factor: float | None = None
    hint: str = ""
    wrong: tuple[Index, ...] = ()
    wrong_count: int = 0
    worst: Worst | None = None
    coverage: Coverage | None = None
    relative_difference: float | None = None
    residual: float | None = None
    numerically_zero: bool = False
    declared: bool = False
    detail: Detail | None = None
