"""Structure: a built tree of layers: its parameters, what was seen while building, and how to take gradients out."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any, cast

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.arrays.adjacent import laid_out
from nnframe.composition.filling import current_filling
from nnframe.composition.inputs import Inputs
from nnframe.composition.symmetry import warn_of_symmetry
from nnframe.composition.tree import Leaf, Path, convert, dotted, gradient_getter, leaves
from nnframe.errors import ContractError
from nnframe.interfaces import AnyLayer, Builder, is_statistic

__all__ = ["Structure"]

SMALL = 2**14
"""Of more elements than this, a parameter is left by itself: there the arithmetic costs more than the calls."""


@frozen(eq=False)
class Structure:
    """A built tree of layers.

    Attributes:
        tree: The parameters, as the layers take them.
        arrays: Every array by path; what is shared once, under the path of its first place.
        take: Takes the gradients of all arrays but statistics out of a gradient, adding up what is shared.
        outputs: What came out of the layer at each path, for the example input.
    """

    tree: object
    arrays: dict[str, Leaf]
    take: Callable[[object], list[Array]]
    outputs: dict[Path, object]

    @classmethod
    def build(cls, layer: AnyLayer, inputs: Inputs, rng: Generator, dtype: np.dtype[Any]) -> Structure:
        """Initialise the layers on an example of the inputs, and cast what they made to ``dtype``."""
        filling = current_filling()
        if filling is not None:
            tree, output, builder = filling.build(layer, inputs.example(dtype, 0), dtype)
            return cls._of(layer, _side_by_side(layer, tree), output, builder)
        builder = Builder(rng)
        made, output = layer.build(inputs.example(np.dtype("float64")), builder)
        tree = convert(made, lambda array: np.array(array, dtype=dtype, order="C"))
        warn_of_symmetry(list(leaves(layer, tree)))
        return cls._of(layer, _side_by_side(layer, tree), output, builder)

    @classmethod
    def _of(cls, layer: AnyLayer, tree: object, output: object, builder: Builder) -> Structure:
        places = list(leaves(layer, tree))
        outputs = {path: result for path, _, _, result in builder.built}
        return cls(tree, _unique(places), _taker(places), {**outputs, (): output})

    def store(self, old: object, new: object, held: Container[int] = ()) -> None:
        """Copy the running statistics of ``new`` into ``old``, which is one layer's part of the tree.

        Args:
            old, new: The layer's parameters, and the same with other statistics.
            held: The ``id`` of each array that stays as it is.
        """
        if type(old) is not type(new):
            raise ContractError(f"context.record must be given two {type(old).__name__}, and got {type(new).__name__}")
        fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", type(old)))
        for field in fields:
            if is_statistic(field) and id(getattr(old, field.name)) not in held:
                np.copyto(getattr(old, field.name), getattr(new, field.name))


def _side_by_side(layer: AnyLayer, tree: object) -> object:
    """Lay small parameters one behind the other, so that an optimizer can move all of them at once."""
    small = {
        id(leaf.array): leaf.array
        for leaf in leaves(layer, tree)
        if not leaf.statistic and 0 < leaf.array.size <= SMALL
    }
    places = dict(zip(small, laid_out(list(small.values())), strict=True))
    return convert(tree, lambda array: places.get(id(array), array))


def _unique(places: list[Leaf]) -> dict[str, Leaf]:
    arrays: dict[str, Leaf] = {}
    seen: set[int] = set()
    for leaf in places:
        if id(leaf.array) not in seen:
            seen.add(id(leaf.array))
            arrays[dotted(leaf.path)] = leaf
    return arrays


def _taker(places: list[Leaf]) -> Callable[[object], list[Array]]:
    trained = [leaf for leaf in places if not leaf.statistic]
    take = gradient_getter([leaf.access for leaf in trained])
    slots: dict[int, int] = {}
    homes = [slots.setdefault(id(leaf.array), len(slots)) for leaf in trained]
    if len(slots) == len(homes):
        return take

    def take_shared(gradient: object) -> list[Array]:
        sums: list[Array | None] = [None] * len(slots)
        for home, array in zip(homes, take(gradient), strict=True):
            known = sums[home]
            sums[home] = array if known is None else known + array
        return cast("list[Array]", sums)

    return take_shared
