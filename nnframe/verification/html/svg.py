"""The pictures of a page, as SVG text."""

from __future__ import annotations

import math

from nnframe.verification.detail import CurvePoint, Detail

__all__ = ["curve", "heatmap"]

_CELL = 8
_WIDTH, _HEIGHT, _MARGIN = 320, 200, 44


def heatmap(detail: Detail) -> str:
    """Draw the distance in error bars, cell by cell: pale within one error bar, strong beyond it.

    >>> heatmap(Detail(((0.5, 8.0),), ())).count("<rect")
    2
    """
    rows, columns = detail.shape
    cells = []
    for row, line in enumerate(detail.heatmap):
        for column, value in enumerate(line):
            wrong = value > 1
            strength = min(1.0, math.log10(value) / 6 + 0.35) if wrong else 0.06 + 0.2 * max(value, 0.0)
            cells.append(
                f'<rect x="{column * _CELL}" y="{row * _CELL}" width="{_CELL - 1}" height="{_CELL - 1}" '
                f'class="{"bad" if wrong else "good"}" fill-opacity="{strength:.2f}">'
                f"<title>{value:.3g} error bars</title></rect>"
            )
    size = f'viewBox="0 0 {max(columns * _CELL, 1)} {max(rows * _CELL, 1)}"'
    width = min(columns * _CELL * 2, 384)
    label = "distance in error bars, element by element"
    return f'<svg {size} width="{width}" role="img" aria-label="{label}">{"".join(cells)}</svg>'


def curve(points: tuple[CurvePoint, ...], error_bar: float) -> str:
    """Draw the error over the step, both logarithmic, with the error bar as a dashed line."""
    shown = [(point.step, max(point.error, 1e-300)) for point in points if point.step > 0 and math.isfinite(point.error)]
    shown = [(step, error) for step, error in shown if error > 1e-299]
    if len(shown) < 2:
        return ""
    xs = [math.log10(step) for step, _ in shown]
    ys = [math.log10(error) for _, error in shown] + ([math.log10(error_bar)] if error_bar > 0 else [])
    left, right = math.floor(min(xs)), math.ceil(max(xs))
    low, high = math.floor(min(ys)), max(math.ceil(max(ys)), math.floor(min(ys)) + 1)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / max(right - left, 1) * (_WIDTH - _MARGIN - 8)
        down = (high - y) / (high - low) * (_HEIGHT - _MARGIN - 8)
        return _MARGIN + across, 8 + down

    line = " ".join("{:.1f},{:.1f}".format(*place(math.log10(step), math.log10(error))) for step, error in shown)
    parts = [f'<polyline points="{line}" class="line"/>', *_axes((left, right), (low, high), place)]
    if error_bar > 0:
        (x1, y), (x2, _) = place(left, math.log10(error_bar)), place(right, math.log10(error_bar))
        parts.append(f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}" class="bar"/>')
    label = "error of the centred difference over the step"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )


def _axes(x_range: tuple[int, int], y_range: tuple[int, int], place: object) -> list[str]:
    assert callable(place)
    found = []
    for x in _ticks(*x_range):
        across, _ = place(x, y_range[0])
        found.append(f'<text x="{across:.0f}" y="{_HEIGHT - 22}" text-anchor="middle">1e{x}</text>')
    for y in _ticks(*y_range):
        _, down = place(x_range[0], y)
        found.append(f'<text x="{_MARGIN - 4}" y="{down + 4:.0f}" text-anchor="end">1e{y}</text>')
        found.append(f'<line x1="{_MARGIN}" x2="{_WIDTH - 8}" y1="{down:.0f}" y2="{down:.0f}" class="grid"/>')
    found.append(f'<text x="{(_WIDTH + _MARGIN) / 2:.0f}" y="{_HEIGHT - 6}" text-anchor="middle">step</text>')
    return found


def _ticks(low: int, high: int) -> range:
    return range(low, high + 1, max(1, (high - low) // 4))
