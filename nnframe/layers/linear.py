"""LinearFunction: a function of its input that is linear, and so its own derivative."""

from __future__ import annotations

from nnframe.arrays import Array
from nnframe.interfaces import Context, Function, NoParameters

__all__ = ["LinearFunction"]


class LinearFunction(Function):
    """A layer without parameters that is linear in x: ``y(x + dx) = y(x) + y(dx)``.

    >>> import numpy as np
    >>> from nnframe.interfaces import NO_PARAMETERS
    >>> from nnframe.layers import Flatten
    >>> Flatten().pushforward(NO_PARAMETERS, np.zeros((1, 2, 1)), NO_PARAMETERS, np.ones((1, 2, 1)), Context())
    array([[1., 1.]])
    """

    __slots__ = ()

    def pushforward(
        self, parameters: NoParameters, x: Array, d_parameters: NoParameters, dx: Array, context: Context
    ) -> Array:
        """Return the output at dx, with the same random numbers."""
        return self.apply(dx, context)[0]
