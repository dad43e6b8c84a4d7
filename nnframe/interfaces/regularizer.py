"""Regularizer: a penalty on a parameter, added to the loss."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from nnframe.arrays import Array
from nnframe.interfaces.part import Part

__all__ = ["Regularizer"]


class Regularizer(Part):
    """A penalty on the values of one parameter. A model applies it by path pattern.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class Ridge(Regularizer):
    ...     '''½ Σ θ².'''
    ...     def penalty(self, value: Array) -> tuple[float, Array]:
    ...         return 0.5 * float((value**2).sum()), value
    >>> Ridge().penalty(np.array([2.0]))
    (2.0, array([2.]))
    """

    __slots__ = ()
    kind: ClassVar[str] = "regularizer"

    @abstractmethod
    def penalty(self, value: Array) -> tuple[float, Array]:
        """Return the penalty and its gradient, of the shape of ``value``."""
