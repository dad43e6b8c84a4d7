"""Variable: one variable of a function under test with its gradients, and everything its comparison needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen

from nnframe.arrays import Array, Shape
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition

__all__ = ["Variable"]


@frozen(eq=False)
class Variable:
    """What travels together through the comparison of one gradient.

    Args:
        evaluator: Evaluates the forward around the point.
        path: Which variable.
        gradients: What the pullback gives for all variables, one mapping for each upstream.
        unit: The unit round-off of the pullback.
        draws: Make the random numbers.
        strategy: As in ``GradientVerifier``.
        pictured: A picture of it is asked for.
    """

    evaluator: Evaluator
    path: str
    gradients: Sequence[Mapping[str, Array]]
    unit: float
    draws: Draws
    strategy: str = "auto"
    pictured: bool = False

    @property
    def shape(self) -> Shape:
        """Its shape."""
        return self.evaluator.work[self.path].shape

    @property
    def size(self) -> int:
        """How many elements it has."""
        return int(self.evaluator.work[self.path].size)

    @property
    def flat(self) -> Array:
        """Its elements, flat."""
        return self.evaluator.work[self.path].reshape(-1)

    @property
    def own_gradients(self) -> list[Array]:
        """Its own gradient for each upstream, flat."""
        return [each[self.path].reshape(-1) for each in self.gradients]

    @property
    def uncut(self) -> Partition:
        """The partition in which each element stands by itself, and moves all outputs."""
        return Partition(self.shape, self.evaluator.base.shape)
