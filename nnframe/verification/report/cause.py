"""Cause: which mistake explains a wrong gradient."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Cause"]


class Cause(StrEnum):
    """The mistake that explains a wrong gradient, once its numbers were shown to follow from it.

    >>> Cause("sign") is Cause.SIGN
    True
    """

    SCALE = "scale"
    """Every element is off by one and the same factor."""
    SIGN = "sign"
    """Every element has the wrong sign."""
    ZERO = "zero"
    """The gradient is zero where the derivative is not."""
    BATCH_MEAN = "batch mean"
    """Off by the batch size, or its inverse: a mean taken for a sum, or a sum for a mean."""
    TRANSPOSED = "transposed"
    """The gradient is the right one, transposed."""
    PERMUTED = "permuted"
    """The gradient has the right slices in the wrong order."""
    WRONG_AXIS_SUM = "summed over the wrong axis"
    """The upstream was summed over another axis than the one that was broadcast."""
    MISSING_BROADCAST_SUM = "missing sum over a broadcast axis"
    """The forward broadcasts, and the pullback does not sum (or takes one slice instead)."""
    MISSING_TERM = "missing term"
    """One of the terms of the derivative is not there."""
    EXTRA_TERM = "extra term"
    """A term is there that the derivative does not have, or one is counted twice."""
    UPSTREAM_IGNORED = "upstream ignored"
    """The gradient does not depend on the upstream gradient."""
    NOT_LINEAR_IN_UPSTREAM = "not linear in the upstream"
    """Twice the upstream does not give twice the gradient."""
    STALE = "stale"
    """The gradient belongs to another point or to another call."""
    NOT_ACCUMULATED = "overwritten instead of accumulated"
    """Several contributions to one element overwrite one another."""
    SECOND_CALL_DIFFERS = "second call differs"
    """The same pullback, called again with the same upstream, gives something else."""
    MUTATES_INPUT = "mutates its input"
    """A forward or a pullback writes into the parameters or the input."""
    MUTATES_UPSTREAM = "mutates the upstream"
    """A pullback writes into the upstream gradient that it was given."""
    ALIASED = "aliased"
    """A later call writes into a result that was already handed out."""
    NOT_DETERMINISTIC = "not deterministic"
    """Two forwards at the same point differ."""
    NON_FINITE = "not finite"
    """There are infinities or NaNs."""
    WRONG_SHAPE = "wrong shape"
    """The gradient has not the shape of its variable."""
    WRONG_DTYPE = "wrong dtype"
    """The gradient is no array of real numbers, or of less precision than its variable."""
    LOW_PRECISION = "low precision"
    """A float64 gradient was computed in float32 on the way."""
    SPARSE_ELEMENTS = "single elements"
    """Only a row, a column, a slice or a few elements are wrong."""
    WRONG_DERIVATIVE = "wrong derivative"
    """An elementwise derivative is wrong, everywhere or at recognisable inputs."""
    MISSING_GRADIENT = "missing gradient"
    """The pullback returned no gradient for this variable."""
    WRONG_NEARBY = "wrong nearby"
    """Right at this point, wrong at a generic point close to it."""
