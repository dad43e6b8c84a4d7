"""Figures of a report with matplotlib, which is imported only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnframe.errors import MissingDependencyError, VerificationError
from nnframe.text import make_printable
from nnframe.verification.report.detail import Detail
from nnframe.verification.report.finding import Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from nnframe.verification.report.report import VerificationReport

__all__ = ["plot_report", "plot_tangent"]

Axes = Any
"""A matplotlib Axes, whose methods matplotlib does not type."""
SMALLEST, LARGEST = 1e-290, 1e290
"""Errors that an axis with a logarithmic scale can show."""


def plot_report(report: VerificationReport, most: int = 4) -> Figure:
    """Draw the worst gradients, one a row: heatmap, error over the step, the function with its tangent.

    Raises:
        VerificationError: The report has no details.
        MissingDependencyError: matplotlib is not installed.
    """
    shown = [each for each in report.worst_first() if each.detail is not None and each.worst is not None][:most]
    if not shown:
        raise VerificationError("the report has no details to draw: verify with details=True")
    figure = _figure(11.0, 3.1 * len(shown))
    axes = figure.subplots(len(shown), 3, squeeze=False)
    for row, finding in zip(axes, shown, strict=True):
        assert finding.detail is not None
        _heatmap(row[0], finding, finding.detail)
        _curve(row[1], finding.detail)
        _tangent(row[2], finding.detail, secant=False)
    return figure


def plot_tangent(finding: Finding) -> Figure:
    """Draw the picture of the classic tutorials for one element: the function, a secant, the tangent.

    Raises:
        VerificationError: The finding has no detail.
        MissingDependencyError: matplotlib is not installed.
    """
    if finding.detail is None or finding.worst is None:
        raise VerificationError(f"{finding.path} has no detail to draw: verify with details=True")
    figure = _figure(5.5, 3.8)
    _tangent(figure.subplots(), finding.detail, secant=True)
    return figure


def _figure(width: float, height: float) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError as cause:
        raise MissingDependencyError("drawing needs matplotlib: install nnframe[plot]") from cause
    return Figure(figsize=(width, height), layout="constrained")


def _heatmap(axes: Axes, finding: Finding, detail: Detail) -> None:
    from matplotlib.colors import LogNorm

    values = np.array([[np.nan if cell is None else max(cell, 1e-3) for cell in row] for row in detail.heatmap])
    top = max(float(np.nanmax(values, initial=1.0)), 10.0)
    picture = axes.imshow(values, norm=LogNorm(1e-3, top), cmap="viridis", aspect="auto", interpolation="nearest")
    axes.figure.colorbar(picture, ax=axes, label="error bars")
    axes.set_title(f"{make_printable(finding.path)}: {finding.verdict}", parse_math=False)
    axes.set_xticks([])
    axes.set_yticks([])


def _curve(axes: Axes, detail: Detail) -> None:
    points = [(each.step, each.error) for each in detail.curve if SMALLEST < each.error < LARGEST]
    if points:
        axes.loglog(*zip(*points, strict=True), "o-", markersize=3, linewidth=1)
        bars = [detail.error_bar] if SMALLEST < detail.error_bar < LARGEST else []
        sizes = [*(error for _, error in points), *bars]
        axes.set_ylim(min(sizes) / 2, max(sizes) * 2)  # a plateau may be too flat for limits that matplotlib finds
        for bar in bars:
            axes.axhline(bar, color="green", linestyle="--", linewidth=1, label="error bar")
            axes.legend()
    axes.set_xlabel("step")
    axes.set_title(f"error of element {detail.index}")


def _tangent(axes: Axes, detail: Detail, *, secant: bool) -> None:
    offsets = np.array([each.offset for each in detail.profile])
    changes = np.array([each.change for each in detail.profile])
    axes.set_title(f"the function along element {detail.index}")
    if len(offsets) < 3:
        return
    axes.plot(offsets, changes, color="black", linewidth=1.5, label="function")
    axes.plot(offsets, detail.numeric * offsets, color="green", linewidth=1, label="tangent")
    axes.plot(offsets, detail.analytic * offsets, color="red", linestyle="--", linewidth=1, label="gradient's promise")
    if secant:
        right = len(offsets) * 3 // 4
        left = len(offsets) - 1 - right
        slope = (changes[right] - changes[left]) / (offsets[right] - offsets[left])
        chord = changes[left] + slope * (offsets - offsets[left])
        axes.plot(offsets, chord, color="blue", linestyle=":", linewidth=1, label="secant: centred difference")
        axes.plot(offsets[[left, right]], changes[[left, right]], "o", color="blue", markersize=4)
    reach = float(np.ptp(changes)) or 1.0
    axes.set_ylim(changes.min() - 0.25 * reach, changes.max() + 0.25 * reach)
    axes.set_xlabel("change of the element")
    axes.legend(fontsize="small")
