"""Figures hold whatever curves a report has: flat ones, and errors at the ends of the range of numbers."""

from __future__ import annotations

import pytest

from nnframe.verification import Finding, Verdict, VerificationReport, Worst
from nnframe.verification.report.detail import CurvePoint, Detail

FLAT = (1.803068979173721, 1.8030689791737207, 1.8030689791737207)
"""Numbers whose logarithms are one and the same."""
ENDS = (5e-324, 1e-200, 1e200, 1.7e308, float("inf"))


@pytest.mark.parametrize(("errors", "bar"), [(FLAT, 0.0), (FLAT, 1e-6), (ENDS, 1e-6)])
def test_the_curve_of_a_figure_holds_every_error_that_can_be_drawn(errors: tuple[float, ...], bar: float) -> None:
    curve = tuple(CurvePoint(8.0**-number, 0.0, error) for number, error in enumerate(errors))
    worst = Worst((0,), 1.0, 2.0, bar)
    detail = Detail(((1.0,),), index=(0,), analytic=1.0, numeric=2.0, error_bar=bar, curve=curve)
    figure = VerificationReport([Finding("weight", Verdict.FAIL, worst=worst, detail=detail)]).plot()
    figure.draw_without_rendering()
    low, high = figure.axes[1].get_ylim()
    drawn = [each for each in errors if 1e-290 < each < 1e290]
    assert all(low < each < high for each in drawn)
