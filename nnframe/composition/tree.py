"""The parameters of a structure: a tree of tuples (combinators), attrs classes (layers) and arrays, and its paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter, itemgetter
from typing import Any, cast

import attrs
import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ContractError
from nnframe.interfaces import AnyLayer, is_statistic
from nnframe.interfaces.builder import describe

__all__ = ["Leaf", "Path", "convert", "dotted", "gradient_getter", "leaves"]

Path = tuple[str | int, ...]
Access = tuple[int | str, ...]
Step = tuple[Path, Access]


@frozen(eq=False)
class Leaf:
    """One array of a tree.

    Attributes:
        path: What people call it: names and indices from the root.
        access: How to get at it: indices into tuples, names of fields.
        owner: The layer's parameter object that holds it.
        layer: The layer that it belongs to.
        array: The array.
        statistic: Whether it is a running statistic.
    """

    path: Path
    access: Access
    owner: object
    layer: AnyLayer
    array: Array
    statistic: bool


def dotted(path: Path) -> str:
    """Write a path as people read it.

    >>> dotted(("encoder", 3, "bias"))
    'encoder.3.bias'
    """
    return ".".join(map(str, path))


def leaves(layer: AnyLayer, tree: object, path: Path = (), access: Access = ()) -> Iterator[Leaf]:
    """Iterate over the arrays of a tree, in the order of the structure; what is shared comes once for each place."""
    children = layer.children
    if not children:
        yield from _fields(layer, tree, tree, path, access)
        return
    if not isinstance(tree, tuple) or len(tree) != len(children):
        raise ContractError(
            f"the parameters of {type(layer).__name__} must be a tuple with one member for each of its "
            f"{len(children)} layers, and are {describe(tree)}",
            location=path,
        )
    for index, ((step, child), values) in enumerate(zip(children, tree, strict=True)):
        yield from leaves(child, values, (*path, step), (*access, index))


def _fields(layer: AnyLayer, owner: object, node: object, path: Path, access: Access) -> Iterator[Leaf]:
    if isinstance(node, tuple):
        for index, member in enumerate(node):
            yield from _entry(layer, owner, member, ((*path, index), (*access, index)), False)
        return
    if not attrs.has(type(node)):
        raise ContractError(
            f"the parameters of {type(layer).__name__} must be an attrs object of arrays, and here is {describe(node)}",
            location=path,
        )
    for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(node))):
        value = getattr(node, field.name)
        step = (*path, field.name), (*access, field.name)
        yield from _entry(layer, owner, value, step, is_statistic(field))


def _entry(layer: AnyLayer, owner: object, value: object, step: Step, statistic: bool) -> Iterator[Leaf]:
    path, access = step
    if isinstance(value, np.ndarray):
        yield Leaf(path, access, owner, layer, value, statistic)
    elif value is not None:
        yield from _fields(layer, owner, value, path, access)


def convert(tree: object, change: Callable[[Array], Array], done: dict[int, object] | None = None) -> object:
    """Return a tree of the same structure with other arrays; what was shared stays shared."""
    done = {} if done is None else done
    if tree is None:
        return None
    if id(tree) in done:
        return done[id(tree)]
    result: object
    if isinstance(tree, np.ndarray):
        result = change(tree)
    elif isinstance(tree, tuple):
        result = tuple(convert(member, change, done) for member in tree)
    else:
        cls: type = type(tree)
        fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cls)
        values = {str(field.alias): convert(getattr(tree, field.name), change, done) for field in fields}
        result = cls(**values) if values else tree
    done[id(tree)] = result
    return result


def gradient_getter(accesses: list[Access]) -> Callable[[object], list[Array]]:
    """Compile the function that takes the arrays at ``accesses`` out of a gradient: a microsecond, not a tree walk."""
    groups: dict[Access, list[str]] = {}
    for access in accesses:
        names = len(access)
        while names and isinstance(access[names - 1], str):
            names -= 1
        groups.setdefault(access[:names], []).append(".".join(map(str, access[names:])))
    order = {(indices, name): None for indices, names in groups.items() for name in names}
    positions = [list(order).index(_split(access)) for access in accesses]
    takers = [(_walker(indices), _taker(names)) for indices, names in groups.items()]

    def take(gradient: object) -> list[Array]:
        arrays: list[Array] = []
        for walk, taker in takers:
            arrays += taker(walk(gradient))
        return arrays

    if positions == list(range(len(positions))):
        return take

    def take_in_order(gradient: object) -> list[Array]:
        arrays = take(gradient)
        return [arrays[position] for position in positions]

    return take_in_order


def _walker(indices: Access) -> Callable[[Any], object]:
    """Return the function that goes down a tree along ``indices``; it is C's where there is one index, as in most."""
    steps = [itemgetter(index) if isinstance(index, int) else attrgetter(index) for index in indices]
    if len(steps) == 1:
        return steps[0]

    def walk(node: Any) -> object:
        for step in steps:
            node = step(node)
        return node

    return walk


def _split(access: Access) -> tuple[Access, str]:
    names = len(access)
    while names and isinstance(access[names - 1], str):
        names -= 1
    return access[:names], ".".join(map(str, access[names:]))


def _taker(names: list[str]) -> Callable[[object], tuple[Array, ...]]:
    if names == [""]:
        return lambda node: (cast("Array", node),)
    getter = attrgetter(*names)
    return getter if len(names) > 1 else lambda node: (cast("Array", getter(node)),)
