"""The rectifier, as an activation of nnframe."""

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.arrays.positive import where_positive
from nnframe.interfaces import Activation

__all__ = ["ReLU"]


@frozen
class ReLU(Activation):
    """y = max(x, 0); the derivative at 0 is taken to be 0.

    >>> import numpy as np
    >>> y, pullback = ReLU().forward(np.array([-2.0, 0.0, 3.0]))
    >>> y, pullback(np.ones(3))
    (array([0., 0., 3.]), array([0., 0., 1.]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        y = namespace(x).maximum(x, 0.0)
        return y, lambda dy: where_positive(y, dy)  # as x > 0, and x need not be kept
