"""A term is missing, or one too many is there."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.verification.cause import Cause
from nnframe.verification.hypotheses.case import Case, Explanation

__all__ = ["another_term", "diagonal_alone"]


def diagonal_alone(case: Case) -> Explanation | None:
    """As if every element moved only the output at its own place."""
    if case.output.shape != case.value.shape or case.elementwise or case.value.size < 2 or case.jacobian is None:
        return None
    prediction = case.upstreams.reshape(len(case.upstreams), -1) * np.diagonal(case.jacobian)
    prediction = prediction.reshape(case.analytic.shape)
    if not case.fits(prediction):
        return None
    hint = (
        f"the gradient of {case.path} takes every element to move the output at its own place alone; the terms that "
        "couple an element to the other outputs are missing"
    )
    return case.explained(Cause.MISSING_TERM, hint, prediction)


def another_term(case: Case) -> Explanation | None:
    """The difference to the derivative is a simple term: the variable itself, a mean, or the output."""
    if not case.whole or case.value.size < 3:
        return None
    difference = case.analytic - case.numeric
    return _variable(case, difference) or _mean(case, difference) or _along(case, difference)


def _variable(case: Case, difference: Array) -> Explanation | None:
    """Proportional to the variable, as the gradient of a squared penalty is."""
    if not case.value.any():
        return None
    value = case.value.reshape(-1)
    factors = difference.reshape(len(difference), -1) @ value / (value @ value)
    shape = (-1, *(1,) * case.value.ndim)
    if not case.fits(case.numeric + factors.reshape(shape) * case.value):
        return None
    per_upstream = factors / case.upstreams.reshape(len(factors), -1).sum(1)
    missing = per_upstream[0] < 0
    name = f"{abs(per_upstream[0]):.4g} times {case.path} itself"
    hint = f"the gradient of {case.path} {'lacks' if missing else 'has'} a term of {name}, such as weight decay"
    cause = Cause.MISSING_TERM if missing else Cause.EXTRA_TERM
    return case.explained(cause, hint, case.numeric + factors.reshape(shape) * case.value)


def _mean(case: Case, difference: Array) -> Explanation | None:
    """The same for all elements along an axis, as a mean that was not taken out."""
    for axis in range(1, difference.ndim):
        if difference.shape[axis] < 3:
            continue
        prediction = case.numeric + difference.mean(axis, keepdims=True)
        if case.fits(prediction):
            size = np.abs(case.numeric).max()
            balanced = np.abs(case.numeric.sum(axis)).max() <= 1e-6 * size * difference.shape[axis]
            emptied = np.abs(case.analytic.sum(axis)).max() <= 1e-6 * size * difference.shape[axis]
            cause = Cause.EXTRA_TERM if emptied and not balanced else Cause.MISSING_TERM
            hint = (
                f"the gradient of {case.path} differs by one number for all elements along axis {axis - 1}: "
                + ("a mean too many is taken out" if cause is Cause.EXTRA_TERM else "a term such as a mean is missing")
            )
            return case.explained(cause, hint, prediction)
    return None


def _along(case: Case, difference: Array) -> Explanation | None:
    """Along each slice proportional to the output, to the variable, or to its distance from the mean."""
    named = [("the variable", case.value)]
    named += [("the output", case.output)] if case.output.shape == case.value.shape else []
    for axis in range(1, difference.ndim):
        if difference.shape[axis] < 4:
            continue
        centred = case.value - case.value.mean(axis - 1, keepdims=True)
        for name, term in [*named, ("the variable less its mean", centred)]:
            weight = (term * term).sum(axis - 1, keepdims=True)
            if not (weight > 0).all():
                continue
            factor = (difference * term).sum(axis, keepdims=True) / weight
            prediction = case.numeric + factor * term
            if case.fits(prediction):
                overlap = np.abs((case.numeric * term).sum(axis)).max()
                alien = np.abs((case.analytic * term).sum(axis)).max() < 1e-5 * overlap
                cause = Cause.EXTRA_TERM if alien else Cause.MISSING_TERM
                hint = f"the gradient of {case.path} differs, along axis {axis - 1}, by a multiple of {name}: one term of it"
                return case.explained(cause, hint + (" too many" if alien else " is missing"), prediction)
    return None
