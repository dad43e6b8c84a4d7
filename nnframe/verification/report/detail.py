"""Detail: what a picture of one gradient shows; kept only when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

__all__ = ["CurvePoint", "Detail", "Details", "ProfilePoint"]

Details = bool | Mapping[str, tuple[int, ...]]
"""Whether to keep details; or for which element of a gradient, by path (of the others, the worst one)."""


@frozen
class CurvePoint:
    """The centred difference of the worst element with one step.

    Attributes:
        step: The step, absolute.
        numeric: The difference quotient.
        error: Its distance from the analytic value.
    """

    step: float
    numeric: float
    error: float


@frozen
class ProfilePoint:
    """The function near the worst element.

    Attributes:
        offset: How far the element was moved.
        change: How far ``Σ upstream · output`` moved with it.
    """

    offset: float
    change: float


@frozen
class Detail:
    """What a picture of one gradient shows.

    Attributes:
        heatmap: The distance of the analytic from the numeric gradient in error bars, the tensor laid out as rows and
            columns (its last axis), at most 48 x 48 cells; a cell holds the worst of the elements it stands for, and
            None where none of them was measured by itself.
        index: The element that the curve and the profile belong to: the one that was asked for, or the worst.
        analytic, numeric, error_bar: What is known of it, as in ``Worst``.
        curve: Centred differences of the element over the step, large steps first.
        profile: The function itself around the element, from left to right.

    >>> Detail(((0.0, 2.0),)).shape
    (1, 2)
    """

    heatmap: tuple[tuple[float | None, ...], ...] = ()
    index: tuple[int, ...] = ()
    analytic: float = 0.0
    numeric: float = 0.0
    error_bar: float = 0.0
    curve: tuple[CurvePoint, ...] = ()
    profile: tuple[ProfilePoint, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the heatmap."""
        return len(self.heatmap), len(self.heatmap[0]) if self.heatmap else 0
