"""The catalogue's pictures: activations with their derivatives, and schedules, as SVG.

One style: two colours and a grey that can be read on white and on black, and nothing behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe import registry
from nnframe.interfaces import Progress

__all__ = ["activation_picture", "pictures", "schedule_picture"]

Values: TypeAlias = NDArray[Any]
Input: TypeAlias = Callable[[Values], Values]

WIDTH, HEIGHT = 340, 220
LEFT, RIGHT, TOP, BOTTOM = 40, 328, 24, 196
BLUE, ORANGE, GREY = "#2f86d1", "#d97706", "#808080"
SAMPLES = 161
JUMP, LONE = 0.06, 20.0
"""Where two samples are further apart than this part of the height, or this many times as far as those on both sides,
there is a jump, and no line is drawn."""


@frozen
class Curve:
    """A line with its name; the second one is dashed, so that colour is not all that tells them apart."""

    label: str
    x: Values
    y: Values


RANGES = {"relu6": (-2.0, 8.0), "exponential": (-4.0, 2.0), "selu": (-4.0, 4.0)}
"""Where an activation is drawn; from -4 to 4 where nothing else is said."""

ROWS: dict[str, tuple[Input, int, str]] = {
    "softmax": (lambda x: np.stack([x, 0 * x], axis=-1), 0, "first output for the row (x, 0)"),
    "log_softmax": (lambda x: np.stack([x, 0 * x], axis=-1), 0, "first output for the row (x, 0)"),
    "glu": (lambda x: np.stack([0 * x + 1, x], axis=-1), 1, "output for the row (1, x)"),
}
"""Activations of a whole row: the row for each x, which of its elements x is, and what is drawn."""

SAMPLE_SCHEDULES: dict[str, dict[str, Any]] = {
    "constant": {"rate": 0.1},
    "cosine": {"base": 0.1, "length": 160},
    "cosine_restarts": {"base": 0.1, "length": 30, "growth": 2},
    "exponential": {"base": 0.1, "factor": 0.98},
    "inverse_time": {"base": 0.1, "factor": 0.05},
    "linear": {"base": 0.1, "end": 0.01, "length": 120},
    "multi_step": {"base": 0.1, "milestones": (60, 120, 160), "factor": 0.4},
    "noam": {"features": 64, "warm_up": 40},
    "on_plateau": {"base": 0.1, "factor": 0.5, "patience": 10},
    "one_cycle": {"peak": 0.1, "length": 200},
    "polynomial": {"base": 0.1, "length": 160, "power": 2.0},
    "sequence": {
        "schedules": [{"name": "linear", "base": 0.0, "end": 0.1, "length": 50}, {"name": "constant", "rate": 0.04}],
        "milestones": (50,),
    },
    "step": {"base": 0.1, "every": 40, "factor": 0.5},
    "warm_up": {"then": {"name": "cosine", "base": 0.1, "length": 160}, "length": 40},
}
"""What is drawn of each schedule."""

EPOCHS = 200
PLATEAU = tuple(max(0.2, 1.0 - 0.02 * epoch) for epoch in range(EPOCHS))
"""The loss, epoch by epoch, in the picture of a schedule that looks at it: it falls until epoch 40."""


def activation_picture(name: str) -> tuple[str, str]:
    """Draw an activation and its derivative; returns the picture, and what it shows."""
    start, stop = RANGES.get(name, (-4.0, 4.0))
    x = np.linspace(start, stop, SAMPLES)
    part = registry.activations.create(name)
    row, place, what = ROWS.get(name, (None, 0, ""))
    y, pullback = part.forward(x if row is None else row(x))
    if row is None:
        derivative = pullback(np.ones_like(y))
    else:
        upstream = np.zeros_like(y)
        upstream[..., 0] = 1
        y, derivative = y[..., 0], pullback(upstream)[..., place]
    title = f"{name} and its derivative (dashed)" + (f": {what}" if what else "")
    return svg(title, [Curve("f(x)", x, y), Curve("f′(x)", x, derivative)]), title


def schedule_picture(name: str) -> tuple[str, str]:
    """Draw a schedule over 200 steps, each an epoch; returns the picture, and what it shows."""
    options = SAMPLE_SCHEDULES[name]
    schedule = registry.schedules.resolve({"name": name, **options})
    steps = range(EPOCHS + 1)
    rates = [schedule(Progress(step=t, epoch=t, steps_per_epoch=1, monitored=PLATEAU[:t])) for t in steps]
    listed = ", ".join(f"{key}={_short(value)}" for key, value in options.items())
    title = f"{name}({listed})" + (": the loss stops falling at 40" if name == "on_plateau" else "")
    return svg(title, [Curve("η", np.array(steps, float), np.array(rates))]), title


def _short(value: object) -> str:
    if isinstance(value, dict):
        listed = ", ".join(f"{key}={_short(each)}" for key, each in value.items() if key != "name")
        return f"{value['name']}({listed})"
    return f"[{', '.join(map(_short, value))}]" if isinstance(value, list) else repr(value)


def pictures(names: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Return the file, and what it shows, for every part that has a picture, by kind and name: ``activation-tanh``."""
    draw = {"activation": activation_picture, "schedule": schedule_picture}
    return {f"{kind}-{name}": draw[kind](name) for kind in draw for name in names[kind]}


def svg(title: str, curves: Sequence[Curve]) -> str:
    """Draw curves over one pair of axes, with a few numbers beside them."""
    low, high = (f([f(curve.y) for curve in curves]) for f in (min, max))
    low, high = min(low, 0.0), max(high, 0.0)
    pad = 0.06 * (high - low)
    low, high = low - (pad if low < 0 else 0), high + pad
    left, right = curves[0].x[0], curves[0].x[-1]

    def across(x: float) -> float:
        return float(LEFT + (x - left) / (right - left) * (RIGHT - LEFT))

    def up(y: float) -> float:
        return float(BOTTOM - (y - low) / (high - low) * (BOTTOM - TOP))

    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [
        f'{head} role="img" font-family="sans-serif" font-size="11" fill="{GREY}"><title>{title}</title>',
        f'<path d="M{LEFT} {up(0):.1f}H{RIGHT}M{across(max(left, 0)):.1f} {TOP}V{BOTTOM}" stroke="{GREY}"/>',
    ]
    for x in ticks(left, right):
        parts.append(f'<path d="M{across(x):.1f} {TOP}V{BOTTOM}" stroke="{GREY}" stroke-opacity=".2"/>')
        parts.append(f'<text x="{across(x):.1f}" y="{BOTTOM + 15}" text-anchor="middle">{x:g}</text>')
    for y in ticks(low, high):
        parts.append(f'<path d="M{LEFT} {up(y):.1f}H{RIGHT}" stroke="{GREY}" stroke-opacity=".2"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{up(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    for number, (curve, colour) in enumerate(zip(curves, (BLUE, ORANGE), strict=False)):
        dash = ' stroke-dasharray="5 3"' if number else ""
        path = _path([(across(x), up(y)) for x, y in zip(curve.x, curve.y, strict=True)])
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{LEFT + 6 + 44 * number}" y="{TOP - 9}" fill="{colour}">{curve.label}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _path(points: Sequence[tuple[float, float]]) -> str:
    """The line through points in the picture's coordinates, interrupted where it jumps."""
    rise = np.abs(np.diff([y for _, y in points]))
    beside = np.maximum(np.append(rise[1:], 0), np.insert(rise[:-1], 0, 0))
    apart = (rise > JUMP * (BOTTOM - TOP)) | ((rise > LONE * beside) & (rise > 0.5))
    jumps = [True, *apart.tolist()]
    return "".join(f"{'M' if jump else 'L'}{x:.1f} {y:.1f}" for jump, (x, y) in zip(jumps, points, strict=True))


def ticks(low: float, high: float) -> list[float]:
    """Return three to seven round numbers between low and high.

    >>> ticks(-4.0, 4.0)
    [-4.0, -2.0, 0.0, 2.0, 4.0]
    """
    rough = (high - low) / 5
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.9)
    first = np.ceil(low / step - 1e-9)
    count = int(np.floor(high / step + 1e-9) - first) + 1
    return [round(float((first + index) * step), 10) + 0.0 for index in range(count)]
