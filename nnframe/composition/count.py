"""ParameterCount: the smallest visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnframe.composition.parameter import Parameter
from nnframe.composition.visitor import Visitor
from nnframe.interfaces import AnyLayer

if TYPE_CHECKING:
    from nnframe.composition.network import Network

__all__ = ["ParameterCount"]


class ParameterCount(Visitor[int]):
    """Counts the elements of all parameters but running statistics.

    Args:
        trainable_only: Count only what a step moves.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> Model([Dense(2)], input_shape=(3,)).accept(ParameterCount())
    8
    """

    def __init__(self, *, trainable_only: bool = False) -> None:
        self.trainable_only = trainable_only
        self.total = 0

    def visit_model(self, model: Network) -> None:
        self.total = 0

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        if not parameter.statistic and (parameter.trainable or not self.trainable_only):
            self.total += parameter.size

    def finish(self) -> int:
        return self.total
