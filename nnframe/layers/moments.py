"""Mean and variance of columns or of groups of them, also of numbers whose squares are out of range."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.arrays.norms import find_factors
from nnframe.layers.columns import Columns, columns_of
from nnframe.layers.normalization import in_range, shrunk_epsilon

__all__ = ["Measured", "measure_columns", "share"]


@frozen(eq=False)
class Measured:
    """Columns and their moments; where squares overflow, those of the columns times powers of two.

    Attributes:
        columns: The columns; all else is (batch, features).
        mean, variance: Of the columns, or of the groups that they belong to.
        inverse: 1 / √(σ² + ε).
        factors: The powers of two; None where all are 1.
    """

    columns: Columns
    mean: Array
    variance: Array
    inverse: Array
    factors: Array | None = None

    def moments(self) -> tuple[Array, Array]:
        """Return mean and variance of the columns as they were given; the largest number stands for larger ones."""
        if self.factors is None:
            return self.mean, self.variance
        with np.errstate(over="ignore"):
            mean, variance = self.mean / self.factors, self.variance / self.factors / self.factors
        return mean, np.minimum(variance, np.finfo(variance.dtype).max / 2)

    def enlarge(self, dx: Array) -> Array:
        """Return the gradient of the columns as they were given, from that of these."""
        return dx if self.factors is None else dx.reshape(len(self.factors), -1, dx.shape[-1]) * self.factors[:, None]


def measure_columns(x: Array, batch: int, groups: int, epsilon: float, *others: Array) -> Measured:
    """Return the columns of x (..., features) and the moments of groups of neighbouring features.

    Args:
        x: The array.
        batch: How many examples have columns of their own.
        groups: How many groups; as many as features, each is one.
        epsilon: ε.
        others: What else a compiled loop would meet.

    >>> found = measure_columns(np.array([[1e200], [3e200]]), 1, 1, 1e-5)
    >>> found.moments()[0], found.mean * found.inverse
    (array([[2.e+200]]), array([[2.]]))
    """
    columns = columns_of(x, batch, *others)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, variance = _group_moments(columns, groups)
    inverse = 1 / np.sqrt(variance + epsilon)
    if in_range(inverse):
        return Measured(columns, mean, variance, inverse)
    whole = x.reshape(batch, -1, x.shape[-1])
    factors = find_factors(share(np.abs(whole).max(1, initial=0), groups, np.maximum))
    columns = columns_of(whole * factors[:, None], batch, *others)
    mean, variance = _group_moments(columns, groups)
    inverse = 1 / np.sqrt(variance + shrunk_epsilon(epsilon, factors))
    return Measured(columns, mean, variance, inverse, factors)


def share(values: Array, groups: int, join: np.ufunc = np.add) -> Array:
    """Return what joining the features of each group gives, (batch, features), the same for all of a group.

    >>> share(np.array([[1.0, 2.0, 3.0, 4.0]]), 2)
    array([[3., 3., 7., 7.]])
    """
    batch, features = values.shape
    each = features // groups
    joined: Array = join.reduce(values.reshape(batch, groups, each), axis=2).repeat(each, 1) if each > 1 else values
    return joined


def _group_moments(columns: Columns, groups: int) -> tuple[Array, Array]:
    mean, variance = columns.moments()
    each = mean.shape[1] // groups
    if each == 1:
        return mean, variance
    common = share(mean, groups) / each
    return common, share(variance + (mean - common) ** 2, groups) / each
