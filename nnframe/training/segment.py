"""Segment: parameters that lie one behind the other in memory, moved by one update.

A step of Adam is fourteen operations a parameter, and on the few numbers of a small layer each of them costs half a
microsecond before it has computed anything. Rules that work element by element do not notice where one parameter
ends and the next begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.arrays.adjacent import adjacent, laid_out
from nnframe.composition import Parameter
from nnframe.interfaces import Constraint, Optimizer

__all__ = ["Segment", "segments_of"]


@define(eq=False)
class Segment:
    """One or more parameters that one update moves.

    Attributes:
        optimizer: The rule.
        first, end: Which gradients are theirs.
        value: The parameter; of several, one flat view of all.
        slots: What the rule remembers of it.
        constraints: Where it is brought back to after each step.
        places: Where the gradients of several are joined, one behind the other in one buffer; empty for one.
    """

    optimizer: Optimizer[Any]
    first: int
    end: int
    value: Array
    slots: Any
    constraints: tuple[Constraint, ...] = ()
    places: list[Array] = field(factory=list)
    _joined: Array = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._joined = self.places[0].base if self.places else self.value  # type: ignore[assignment]

    def move(self, gradients: Sequence[Array], step: int, learning_rate: float) -> None:
        """Update the parameters, then bring them back into their constraints."""
        gradient = gradients[self.first]
        if self.places:
            rest = gradients[self.first :] if self.first else gradients
            for place, own in zip(self.places, rest):  # noqa: B905  # strict= takes half as long as a copy
                place[...] = own  # in half the time of np.concatenate
            gradient = self._joined
        self.optimizer.update(self.value, gradient, self.slots, step, learning_rate)
        for constraint in self.constraints:
            self.value[...] = constraint.project(self.value)


def segments_of(optimizer: Optimizer[Any], parameters: Sequence[Parameter], slots: list[object]) -> list[Segment]:
    """Return the segments of all trainable parameters; where several are joined, their slots become views."""
    segments = []
    for first, end in _runs(optimizer, parameters, slots):
        value = adjacent([each.value for each in parameters[first:end]]) if end - first > 1 else None
        if value is None:
            segments += [
                Segment(
                    optimizer, index, index + 1, parameters[index].value, slots[index], parameters[index].constraints
                )
                for index in range(first, end)
            ]
        else:
            joint = _joined(slots[first:end])
            slots[first:end] = _parts(joint, parameters[first:end])
            places = laid_out([each.value for each in parameters[first:end]])
            segments.append(Segment(optimizer, first, end, value, joint, places=places))
    return segments


def _runs(optimizer: Optimizer[Any], parameters: Sequence[Parameter], slots: Sequence[object]) -> list[tuple[int, int]]:
    """Return first and end of each longest run that may be one segment."""
    runs: list[tuple[int, int]] = []
    joinable = False
    for index, (parameter, mine) in enumerate(zip(parameters, slots, strict=True)):
        if not parameter.trainable:
            joinable = False
            continue
        alone = bool(parameter.constraints) or not optimizer.elementwise or not _alike(mine, parameter.value)
        first = runs[-1][0] if joinable and not alone else index
        if first < index and adjacent([each.value for each in parameters[first : index + 1]]) is not None:
            runs[-1] = first, index + 1
        else:
            runs.append((index, index + 1))
        joinable = not alone
    return runs


def _alike(slots: Any, value: Array) -> bool:
    """Whether the slots are arrays, each with an element for every one of the parameter, or None."""
    return attrs.has(type(slots)) and all(
        array is None or (isinstance(array, np.ndarray) and (array.shape, array.dtype) == (value.shape, value.dtype))
        for array in attrs.astuple(slots, recurse=False)
    )


def _joined(slots: Sequence[Any]) -> Any:
    """Return the slots of several parameters in one flat array for each field."""
    columns = zip(*(attrs.astuple(each, recurse=False) for each in slots), strict=True)
    return type(slots[0])(*(None if column[0] is None else np.concatenate(column, axis=None) for column in columns))


def _parts(joint: Any, parameters: Sequence[Parameter]) -> list[Any]:
    """Return the slots of each parameter, as views of the joint ones."""
    arrays, parts, start = attrs.astuple(joint, recurse=False), [], 0
    for parameter in parameters:
        end = start + parameter.size
        shape = parameter.value.shape
        parts.append(type(joint)(*(None if array is None else array[start:end].reshape(shape) for array in arrays)))
        start = end
    return parts
