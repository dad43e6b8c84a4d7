"""The table of kinds.

``kinds`` fills it. A kind resolves descriptions, and to resolve the parts inside a part it needs all kinds: so the
table stands below both.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from nnframe.errors import ContractError

if TYPE_CHECKING:
    from nnframe.interfaces import Part
    from nnframe.registry.kind import Kind

__all__ = ["KINDS", "add_kinds", "kind_of"]

_kinds: dict[str, Kind[Part]] = {}

KINDS: Mapping[str, Kind[Part]] = MappingProxyType(_kinds)
"""Each kind by what one part of it is called: ``KINDS["layer"]``."""


def add_kinds(*kinds: Kind[Part]) -> None:
    """Enter kinds into the table, in this order."""
    _kinds.update({kind.singular: kind for kind in kinds})


def kind_of(part: type[Part]) -> Kind[Part]:
    """Return the kind that a class of parts belongs to.

    Raises:
        ContractError: It belongs to none.

    >>> from nnframe.interfaces import Elementwise
    >>> kind_of(Elementwise)
    <registry.activations>
    """
    kind = KINDS.get(part.kind)
    if kind is None:
        raise ContractError(f"{part.__qualname__} is no part of any kind: {', '.join(KINDS)}")
    return kind
