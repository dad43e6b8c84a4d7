"""Orthogonal: columns, or rows, at right angles."""

from __future__ import annotations

from math import prod

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import finite
from nnframe.errors import ShapeError
from nnframe.interfaces import Initializer

__all__ = ["Orthogonal"]


@frozen
class Orthogonal(Initializer):
    """θ = gain · Q, with Q drawn evenly from the orthogonal matrices (Saxe et al. 2014; Mezzadri 2007, section 5).

    Axes in front of the last are taken together as the rows. Where there are more rows than columns, the columns are
    orthonormal, and otherwise the rows.

    >>> q = Orthogonal()((3, 2), np.random.default_rng(0))
    >>> np.allclose(q.T @ q, np.eye(2))
    True
    """

    gain: float = attrs.field(default=1.0, validator=finite)

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        if len(shape) < 2:
            raise ShapeError(f"an orthogonal matrix needs at least two axes, and the parameter has the shape {shape}")
        rows, columns = prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.copysign(1.0, np.diagonal(r))  # Without this the distribution is that of the QR algorithm.
        return self.gain * np.reshape(q if rows >= columns else q.T, shape)
