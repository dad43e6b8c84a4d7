"""Identity: every unit begins by passing on its own input."""

from __future__ import annotations

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Shape
from nnframe.checks import finite
from nnframe.errors import ShapeError
from nnframe.interfaces import Initializer

__all__ = ["Identity"]


@frozen
class Identity(Initializer):
    """θᵢⱼ = gain for i = j, else 0; for a parameter of two axes (Le et al. 2015).

    >>> Identity(2.0)((2, 3), np.random.default_rng(0))
    array([[2., 0., 0.],
           [0., 2., 0.]])
    """

    gain: float = attrs.field(default=1.0, validator=finite)

    def __call__(self, shape: Shape, rng: Generator) -> Array:
        if len(shape) != 2:
            raise ShapeError(f"the identity needs a parameter of two axes, and this one has the shape {shape}")
        return self.gain * np.eye(*shape)
