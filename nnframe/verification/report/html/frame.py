"""The frame of a small chart: from numbers to places, with ticks and their texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from attrs import frozen

__all__ = ["Frame"]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 340, 220, 56, 14, 10, 36
Point = tuple[float, float]


@frozen
class Frame:
    """A chart with these ranges.

    >>> Frame((0.0, 1.0), (0.0, 1.0)).place((0.0, 0.0))
    (56.0, 184.0)
    """

    across: Point
    up: Point

    def place(self, point: Point) -> Point:
        """Where a point is, in the units of the picture."""
        x = (point[0] - self.across[0]) / (self.across[1] - self.across[0] or 1.0)
        y = (self.up[1] - point[1]) / (self.up[1] - self.up[0] or 1.0)
        return LEFT + x * (WIDTH - LEFT - RIGHT), TOP + y * (HEIGHT - TOP - BOTTOM)

    def line(self, points: Iterable[Point], kind: str) -> str:
        """A line through points."""
        places = " ".join("{:.1f},{:.1f}".format(*self.place(point)) for point in points)
        return f'<polyline points="{places}" class="{kind}"/>'

    def dots(self, points: Iterable[Point], kind: str) -> str:
        """A dot at each point."""
        places = (self.place(point) for point in points)
        return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" class="{kind}"/>' for x, y in places)

    def axes(self, xs: Sequence[float], ys: Sequence[float], name: str, text: Callable[[float], str]) -> str:
        """Grid lines, the texts of ticks, and what is across."""
        parts = []
        for x in xs:
            at, _ = self.place((x, self.up[0]))
            parts.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{text(x)}</text>')
        for y in ys:
            _, at = self.place((self.across[0], y))
            parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text(y)}</text>')
            parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" class="grid"/>')
        middle = (LEFT + WIDTH - RIGHT) / 2
        parts.append(f'<text x="{middle}" y="{HEIGHT - 5}" text-anchor="middle">{name}</text>')
        return "".join(parts)

    @staticmethod
    def picture(label: str, parts: Iterable[str]) -> str:
        """The whole picture."""
        size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        return f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'
