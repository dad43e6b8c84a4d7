"""A term is missing, or one too many is there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.diagnosis.case import Case, Explanation
from nnframe.verification.report.cause import Cause

__all__ = ["another_term", "coupling_forgotten", "upstream_itself"]

FEWEST = 3


def coupling_forgotten(case: Case) -> Explanation | None:
    """As if every element moved only the output at its own place: upstream times one number each."""
    if case.output.shape != case.value.shape or case.value.size < 2 or case.jacobian is None or case.elementwise:
        return None
    ratios = case.analytic / np.where(case.upstreams == 0, np.nan, case.upstreams)
    spread = np.abs(ratios - ratios[0]).max(0)
    if not (spread <= 1e-6 * np.abs(ratios).max(initial=np.finfo(float).tiny)).all():
        return None
    hint = (
        f"the gradient of {case.path} takes every element to move the output at its own place alone; the terms that "
        "couple an element to the other outputs are missing"
    )
    return Explanation(Cause.MISSING_TERM, hint)


def upstream_itself(case: Case) -> Explanation | None:
    """The upstream as a term, as a shortcut gives it: missing, or there twice."""
    if case.output.shape != case.value.shape or not case.whole:
        return None
    for sign, cause, what in ((-1, Cause.MISSING_TERM, "lacks"), (1, Cause.EXTRA_TERM, "has once too often")):
        prediction = case.numeric + sign * case.upstreams
        if case.fits(prediction):
            hint = f"the gradient of {case.path} {what} the upstream itself, as a shortcut around a block passes it on"
            return case.explained(cause, hint, prediction)
    return None


def another_term(case: Case) -> Explanation | None:
    """The difference to the derivative is a simple term: the variable itself, a mean, or the output."""
    if not case.whole or case.value.size < FEWEST:
        return None
    difference = case.analytic - case.numeric
    return _variable(case, difference) or _mean(case, difference) or _along(case, difference)


def _variable(case: Case, difference: Array) -> Explanation | None:
    """Proportional to the variable, as the gradient of a squared penalty is."""
    if not case.value.any():
        return None
    value = case.value.reshape(-1)
    factors = difference.reshape(len(difference), -1) @ value / (value @ value)
    prediction = case.numeric + factors.reshape(-1, *(1,) * case.value.ndim) * case.value
    if not case.fits(prediction):
        return None
    total = case.upstreams.reshape(len(factors), -1).sum(1)
    missing = factors[0] * total[0] < 0
    name = f"a multiple of {case.path} itself, such as weight decay"
    cause = Cause.MISSING_TERM if missing else Cause.EXTRA_TERM
    return case.explained(cause, f"the gradient of {case.path} {'lacks' if missing else 'has'} {name}", prediction)


def _axes(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Axes of a gradient, and several at once, along which there are enough elements for a fit."""
    axes = range(1, len(shape))
    for count in range(1, len(shape)):
        for chosen in combinations(axes, count):
            if np.prod([shape[axis] for axis in chosen]) >= FEWEST:
                yield chosen


def _named(axes: tuple[int, ...]) -> str:
    return ", ".join(str(axis - 1) for axis in axes)


def _mean(case: Case, difference: Array) -> Explanation | None:
    """The same for all elements along some axes, as a mean that was not taken out."""
    for axes in _axes(difference.shape):
        prediction = case.numeric + difference.mean(axes, keepdims=True)
        if case.fits(prediction):
            size = np.abs(case.numeric).max() * difference[0].size
            balanced = np.abs(case.numeric.sum(axes)).max() <= 1e-6 * size
            emptied = np.abs(case.analytic.sum(axes)).max() <= 1e-6 * size
            extra = emptied and not balanced
            hint = f"the gradient of {case.path} differs by one number for all elements along axis {_named(axes)}: "
            hint += "a mean too many is taken out" if extra else "a term such as a mean is missing"
            return case.explained(Cause.EXTRA_TERM if extra else Cause.MISSING_TERM, hint, prediction)
    return None


def _along(case: Case, difference: Array) -> Explanation | None:
    """Along each slice proportional to the output, to the variable, or to its distance from the mean."""
    named = [("the variable", case.value)]
    named += [("the output", case.output)] if case.output.shape == case.value.shape else []
    for axes in _axes(difference.shape):
        own = tuple(axis - 1 for axis in axes)
        centred = case.value - case.value.mean(own, keepdims=True)
        for name, term in [*named, ("the variable less its mean", centred)]:
            weight = (term * term).sum(own, keepdims=True)
            if not (weight > 0).all():
                continue
            prediction = case.numeric + (difference * term).sum(axes, keepdims=True) / weight * term
            if case.fits(prediction):
                overlap = np.abs((case.numeric * term).sum(axes)).max()
                alien = np.abs((case.analytic * term).sum(axes)).max() < 1e-5 * overlap
                cause = Cause.EXTRA_TERM if alien else Cause.MISSING_TERM
                hint = f"the gradient of {case.path} differs along axis {_named(axes)} by a multiple of {name}"
                hint += ": a term too many" if alien else ": a term is missing"
                return case.explained(cause, hint, prediction)
    return None
