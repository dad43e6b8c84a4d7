"""ReLU6: the rectifier with a ceiling."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation

__all__ = ["ReLU6"]


@frozen
class ReLU6(Activation):
    """y = min(max(x, 0), 6) (Howard et al. 2017). The derivative at 0 and 6 is taken to be 0.

    >>> import numpy as np
    >>> y, pullback = ReLU6().forward(np.array([-1.0, 2.0, 9.0]))
    >>> y, pullback(np.ones(3))
    (array([0., 2., 6.]), array([0., 1., 0.]))
    """

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], Array]]:
        return namespace(x).clip(x, 0.0, 6.0), lambda dy: dy * ((x > 0) & (x < 6))
