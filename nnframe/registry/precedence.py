"""lookup(): where a name may belong to several kinds, the order in which they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from nnframe.interfaces import Part
from nnframe.registry.index import INDEX
from nnframe.registry.preference import preferred_distribution

if TYPE_CHECKING:
    from nnframe.registry.kind import Kind

__all__ = ["lookup"]

T = TypeVar("T", bound=Part)


def lookup(name: str, kinds: Sequence[Kind[T]]) -> Kind[T]:
    """Return the first of ``kinds`` that knows ``name``; nothing is imported.

    Where a layer is wanted, layers are asked before activations: a distribution that registers both under one name
    means the layer. A kind for which ``prefer_distributions`` names a distribution is asked before all others.

    Raises:
        UnknownPartError: None of them knows it.
    """
    ordered = sorted(kinds, key=lambda kind: preferred_distribution(kind.group, name) is None)
    for _ in range(2):
        for kind in ordered:
            if name in kind:
                return kind
        INDEX.refresh()
    from nnframe.registry.refusals import unknown

    raise unknown(name, kinds)
