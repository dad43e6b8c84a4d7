"""Filling: builds a structure with values that are there already, so that none are drawn and little is allocated.

A file says what a model is made of, and whoever wrote it may not have meant well. So nothing that it promises is made
before its own arrays have been held against it: initializers are replaced by ones that give an array's shape and no
memory, the arrays take their places, and shapes then flow on an empty batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import attrs
import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.binding import Binding
from nnframe.composition.outline import at_most, outlined
from nnframe.composition.tree import Path, dotted
from nnframe.errors import DataError, DtypeError, ShapeError
from nnframe.interfaces import AnyLayer, Builder

__all__ = ["Filling", "current_filling", "filled_with"]

_CURRENT: ContextVar[Filling | None] = ContextVar("filling", default=None)


@define(eq=False)
class Filling:
    """The values of a structure that is being built.

    Attributes:
        arrays: By path; the structure works on these arrays themselves.
        used: The paths that have been asked for.
    """

    arrays: Mapping[str, Array]
    used: set[str] = field(factory=set)

    def build(self, layer: AnyLayer, example: object, dtype: np.dtype[Any]) -> tuple[object, object, Builder]:
        """Return the parameters, the output for the example, and the builder with what was seen on the way."""

        def settle(path: Path, parameters: object) -> object:
            return self._filled(parameters, path, dtype, {})

        builder = Builder(np.random.default_rng(0), settle=settle)
        with at_most(sum(array.size for array in self.arrays.values())):
            tree, output = outlined(layer).build(example, builder)
        return tree, output, builder

    def require_all_used(self) -> None:
        """Raise DataError where a value is left over."""
        for path in self.arrays:
            if path not in self.used:
                raise DataError(f"there is a value for {path!r:.80}, and the model has no such parameter")

    def _filled(self, node: object, path: Path, dtype: np.dtype[Any], done: dict[int, object]) -> object:
        if node is None:
            return None
        if id(node) not in done:
            if isinstance(node, np.ndarray):
                done[id(node)] = self._array(dotted(path), node.shape, dtype)
            elif isinstance(node, tuple):
                done[id(node)] = tuple(self._filled(each, (*path, i), dtype, done) for i, each in enumerate(node))
            else:
                cls: type = type(node)
                fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
                values = {
                    str(each.alias): self._filled(getattr(node, each.name), (*path, each.name), dtype, done)
                    for each in fields
                }
                done[id(node)] = cls(**values) if values else node
        return done[id(node)]

    def _array(self, path: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        if path not in self.arrays:
            raise DataError(f"there is no value for {path}: it must be {dtype} {shape}")
        array = self.arrays[path]
        if array.shape != shape:
            raise ShapeError(f"the value for {path} has shape {array.shape}, and the layer there makes it {shape}")
        if array.dtype != dtype:
            raise DtypeError(f"the value for {path} holds {array.dtype}, and the model {dtype}")
        self.used.add(path)
        return array


def filled_with(arrays: Mapping[str, Array]) -> Binding[Filling]:
    """Build the model that is made inside this block with these values, by path, instead of drawing new ones.

    Raises:
        DataError, ShapeError, DtypeError: A value is missing, or of another shape or dtype.

    >>> from nnframe import Model
    >>> with filled_with({"0.weight": np.array([[2.0]]), "0.bias": np.array([1.0])}):
    ...     model = Model([{"name": "dense", "units": 1}], input_shape=(1,))
    >>> model.predict([[3.0]])
    array([[7.]])
    """
    return Binding(_CURRENT, Filling(arrays))


def current_filling() -> Filling | None:
    """Return what the model that is being built is to be filled with; None where values are drawn."""
    return _CURRENT.get()
