"""Stale gradients: those of other parameters, as when a step was taken between computing and checking them.

``verify_gradient`` asks this of gradients that are given as numbers; it is none of the hypotheses of ``diagnose``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from attrs import evolve

from nnframe.arrays import Array
from nnframe.verification.function.function import PointRefused
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

__all__ = ["explain_stale"]

RATES = tuple(sign * 10.0**power for power in (-4, -3, -2, -1, 0) for sign in (1.0, -1.0))
HINT = (
    "these are the gradients of other parameters: they are right where θ + {rate:.4g} g is, so a step of rate "
    "{rate:.4g} was taken in between; compute them again, and verify before the step"
)


def explain_stale(
    findings: Sequence[Finding],
    f: Callable[[Mapping[str, Array]], float],
    at: Mapping[str, Array],
    g: Mapping[str, Array],
) -> tuple[Finding, ...]:
    """The findings, with STALE as the cause of all failures if the gradient is right before a gradient step.

    At ``θ + ηg`` the slope along ``g`` must be ``‖g‖²``; the rate η is found by regula falsi, and then several random
    directions must agree there too.
    """
    wrong = [each for each in findings if each.verdict is Verdict.FAIL]
    if not wrong or not any(each.any() for each in g.values()):
        return tuple(findings)
    rate = _rate(f, at, g)
    if rate is None or not _agrees(f, _moved(at, g, rate), g):
        return tuple(findings)
    hint = HINT.format(rate=rate)
    return tuple(
        evolve(each, cause=Cause.STALE, hint=hint, factor=None) if each.verdict is Verdict.FAIL else each
        for each in findings
    )


def _rate(f: Callable[[Mapping[str, Array]], float], at: Mapping[str, Array], g: Mapping[str, Array]) -> float | None:
    """The rate η at which the slope along ``g`` is right; None where there is none among usual rates."""
    square = sum(float((each * each).sum()) for each in g.values())

    def off(rate: float) -> float:
        return _slope(f, _moved(at, g, rate), g) - square

    here = off(0.0)
    for sign in (1.0, -1.0):
        low, at_low = 0.0, here
        for rate in (each for each in RATES if each * sign > 0):
            at_high = off(rate)
            if np.isfinite(at_high) and at_low * at_high <= 0:
                return _bisect(off, low, rate, at_low)
            low, at_low = rate, at_high
    return None


def _bisect(off: Callable[[float], float], low: float, high: float, at_low: float) -> float:
    for _ in range(40):
        middle = (low + high) / 2
        at_middle = off(middle)
        if at_low * at_middle <= 0:
            high = middle
        else:
            low, at_low = middle, at_middle
    return (low + high) / 2


def _moved(at: Mapping[str, Array], g: Mapping[str, Array], rate: float) -> dict[str, Array]:
    return {path: value + rate * g[path] for path, value in at.items()}


def _slope(f: Callable[[Mapping[str, Array]], float], at: Mapping[str, Array], d: Mapping[str, Array]) -> float:
    size = max(float(np.abs(each).max(initial=0.0)) for each in d.values())
    scale = max(float(np.abs(each).max(initial=0.0)) for each in at.values()) or 1.0
    step = 2.0**-16 * scale / max(size, np.finfo(float).tiny)
    try:
        return (f(_moved(at, d, step)) - f(_moved(at, d, -step))) / (2 * step)
    except PointRefused:
        return float("nan")


def _agrees(f: Callable[[Mapping[str, Array]], float], at: Mapping[str, Array], g: Mapping[str, Array]) -> bool:
    rng = np.random.default_rng(0)
    for _ in range(4):
        d = {path: rng.choice((-1.0, 1.0), value.shape) for path, value in at.items()}
        promised = sum(float((g[path] * d[path]).sum()) for path in at)
        size = np.sqrt(sum(float((each * each).sum()) for each in g.values()))
        if not abs(_slope(f, at, d) - promised) <= 1e-5 * size:
            return False
    return True
