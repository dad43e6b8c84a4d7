"""Optimizer: how a step moves a parameter."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic

from attrs import frozen
from typing_extensions import TypeVar

from nnframe.arrays import Array
from nnframe.interfaces.part import Part
from nnframe.interfaces.schedule import Schedule

__all__ = ["NoSlots", "Optimizer"]


@frozen(eq=False)
class NoSlots:
    """The slots of an optimizer that remembers nothing."""


S = TypeVar("S", default=NoSlots)


class Optimizer(Part, Generic[S]):
    """A rule that moves parameters against their gradient. ``S`` holds what it remembers of one parameter.

    Every rule works element by element unless it says otherwise, so that a model may hand over several parameters
    laid one behind the other in one flat array.

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen
    ... class SignDescent(Optimizer):
    ...     '''θ ← θ - η sign(g).'''
    ...     learning_rate: float = 0.01
    ...     def initialize(self, value: Array) -> NoSlots:
    ...         return NoSlots()
    ...     def update(self, value: Array, gradient: Array, slots: NoSlots, step: int, learning_rate: float) -> None:
    ...         value -= learning_rate * np.sign(gradient)
    >>> theta = np.zeros(2)
    >>> SignDescent().update(theta, np.array([3.0, -3.0]), NoSlots(), 1, 0.5)
    >>> theta
    array([-0.5,  0.5])
    """

    __slots__ = ()
    kind: ClassVar[str] = "optimizer"
    elementwise: ClassVar[bool] = True
    """Whether each element is moved by its own history alone, so that parameters may be joined."""

    learning_rate: float | Schedule
    """η: a number, or a schedule. Every optimizer has it as a field."""

    @abstractmethod
    def initialize(self, value: Array) -> S:
        """Return the slots of a parameter before the first step: an attrs class of arrays like ``value``."""

    @abstractmethod
    def update(self, value: Array, gradient: Array, slots: S, step: int, learning_rate: float) -> None:
        """Move ``value`` and the arrays in ``slots`` in place.

        Args:
            value: The parameter.
            gradient: The gradient of the loss; not to be changed.
            slots: What ``initialize`` returned, as the last step left it.
            step: The number of this step, from 1.
            learning_rate: η at this step.
        """
