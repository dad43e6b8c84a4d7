"""Combinator: a layer made of layers, which it calls through ``AnyLayer`` alone."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from attrs import frozen

from nnframe.errors import NNFrameError
from nnframe.interfaces import AnyLayer, AnyPullback
from nnframe.layers.convert import as_layers
from nnframe.text import list_names, quote

__all__ = ["Combinator", "located", "pulled"]

_LONGEST_NAME = 100


def _names(names: Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


@frozen
class Combinator(AnyLayer):
    """The base of combinators: layers, and the steps of the path that lead to them.

    Args:
        layers: The layers inside: parts, registry names, or ``{"name": ..., options}``.
        names: What the layers are called in paths; by default 0, 1, 2, ...
    """

    layers: tuple[AnyLayer, ...] = attrs.field(converter=as_layers)
    names: tuple[str, ...] = attrs.field(default=(), converter=_names, kw_only=True)

    @names.validator
    def _check_names(self, field: object, names: tuple[str, ...]) -> None:
        if names and len(names) != len(self.layers):
            raise ValueError(f"names must name all {len(self.layers)} layers, and are {len(names)}")
        for name in names:
            if not isinstance(name, str) or not name.isidentifier() or len(name) > _LONGEST_NAME:
                raise ValueError(
                    f"a name is a word of at most {_LONGEST_NAME} letters, digits and _, not starting with a digit; "
                    f"got {quote(name)}"
                )
        if len(set(names)) != len(names):
            raise ValueError(f"names must differ, and are {list_names(names)}")

    @property
    def children(self) -> tuple[tuple[str | int, AnyLayer], ...]:
        return tuple(zip(self.names or range(len(self.layers)), self.layers, strict=True))

    def step(self, index: int) -> str | int:
        """The step of the path that leads to the layer at ``index``."""
        return self.names[index] if self.names else index


def located(error: Exception, step: str | int) -> Exception:
    """Say that an error came from the child called ``step``; returns the error, to be raised again."""
    if isinstance(error, NNFrameError):
        return error.within(step)
    error.add_note(f"in layer {step}")
    return error


def pulled(
    combinator: Combinator, pullbacks: Sequence[AnyPullback], upstreams: Sequence[object]
) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Call each child's pullback with an upstream of its own; returns the input gradients, and the gradients."""
    results: list[tuple[object, object]] = []
    try:
        for pullback, upstream in zip(pullbacks, upstreams, strict=True):
            results.append(pullback(upstream))
    except Exception as error:
        raise located(error, combinator.step(len(results))) from error.__cause__
    return tuple(dx for dx, _ in results), tuple(gradient for _, gradient in results)
