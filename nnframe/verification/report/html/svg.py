"""The pictures under a row: the heatmap, the error over the step, and the function with its tangent."""

from __future__ import annotations

import math

from nnframe.verification.report.detail import Detail
from nnframe.verification.report.html.frame import Frame
from nnframe.verification.report.html.png import heatmap_uri

__all__ = ["curve", "heatmap", "tangent"]

LABEL = "distance in error bars, element by element"


def heatmap(detail: Detail) -> str:
    """Draw the distance in error bars, cell by cell.

    >>> 'width="32"' in heatmap(Detail(((0.5, 8.0),)))
    True
    """
    rows, columns = detail.shape
    if not rows:
        return ""
    side = max(4, min(16, 312 // max(rows, columns)))
    size = f'width="{columns * side}" height="{rows * side}"'
    return f'<img class="heatmap" src="{heatmap_uri(detail.heatmap)}" {size} alt="{LABEL}">'


def curve(detail: Detail) -> str:
    """Draw the error over the step, both logarithmic, with the error bar as a dashed line; "" without two points."""
    shown = [
        (math.log10(each.step), math.log10(each.error))
        for each in detail.curve
        if 0 < each.step < math.inf and 0 < each.error < math.inf
    ]
    if len(shown) < 2:
        return ""
    bar = math.log10(detail.error_bar) if 0 < detail.error_bar < math.inf else None
    heights = [y for _, y in shown] + ([] if bar is None else [bar])
    left, right = math.floor(min(x for x, _ in shown)), math.ceil(max(x for x, _ in shown))
    low, high = math.floor(min(heights)), math.ceil(max(heights))
    frame = Frame((left, right), (low, max(high, low + 1)))
    parts = [frame.axes(_ticks(left, right), _ticks(low, max(high, low + 1)), "step", lambda power: f"1e{power:.0f}")]
    if bar is not None:
        parts.append(frame.line([(left, bar), (right, bar)], "bar"))
    parts += [frame.line(shown, "line"), frame.dots(shown, "dot")]
    return frame.picture("error of the centred difference over the step", parts)


def tangent(detail: Detail, *, wrong: bool) -> str:
    """Draw the function around the element, its true tangent, and the tangent that the gradient promises."""
    points = [(each.offset, each.change) for each in detail.profile if _fits(each.offset) and _fits(each.change)]
    if len(points) < 3:
        return ""
    left, right = points[0][0], points[-1][0]
    heights = [y for _, y in points]
    reach = max(max(heights) - min(heights), *map(abs, heights), 1e-300)
    low, high = min(heights) - 0.25 * reach, max(heights) + 0.25 * reach
    frame = Frame((left, right), (low, high))
    ticks = [low + (high - low) * part for part in (0.1, 0.5, 0.9)]
    parts = [
        frame.axes([left, 0.0, right], ticks, "change of the element", lambda value: f"{value:.2g}"),
        '<svg x="56" y="10" width="270" height="174" viewBox="56 10 270 174">',
        *(
            frame.line([(x, slope * x) for x in (left, right)], kind)
            for slope, kind in ((detail.numeric, "true"), (detail.analytic, "promise wrong" if wrong else "promise"))
            if _fits(slope)
        ),
        frame.line(points, "line"),
        frame.dots([(0.0, 0.0)], "dot"),
        "</svg>",
    ]
    return frame.picture("the function, its tangent, and what the gradient promises", parts)


def _fits(value: float) -> bool:
    """Tell whether a number can be drawn: it is finite, and so is what it is multiplied by another such number."""
    return abs(value) < 1e150


def _ticks(low: int, high: int) -> range:
    return range(low, high + 1, max(1, (high - low + 3) // 4))
