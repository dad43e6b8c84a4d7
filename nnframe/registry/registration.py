"""registration_of(): from a class to the name that finds it again."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from nnframe.errors import BrokenPartError, UnknownPartError
from nnframe.interfaces import Part
from nnframe.registry.distribution import SESSION
from nnframe.registry.entry import Entry
from nnframe.registry.index import INDEX
from nnframe.registry.kind import Kind
from nnframe.registry.kind_table import kind_of
from nnframe.registry.preference import preferred_distribution

__all__ = ["Registration", "registration_of"]


@frozen
class Registration:
    """What a file says about a class: no module, nothing that could be imported.

    Attributes:
        name: The name that finds the class; with its distribution in front where several claim it.
        distribution: Who brings it; None for a class that was registered in this session.
        version: The distribution's version; None likewise.
    """

    name: str
    distribution: str | None
    version: str | None

    @property
    def local_name(self) -> str:
        """The name without a distribution in front."""
        return self.name.rpartition(":")[2]


def registration_of(part: type[Part]) -> Registration:
    """Return the name, distribution and version of a registered class.

    Raises:
        UnknownPartError: The class is registered under no name.
    """
    kind = kind_of(part)
    for entry in _candidates(part, kind):
        try:
            if INDEX.load(entry, kind.contract) is part:
                return _registration(_preferred(entry, part, kind), kind)
        except BrokenPartError:
            continue  # Somebody else's part: this one is imported already.
    raise UnknownPartError(
        f"{part.__qualname__} is registered under no name, so nothing can refer to it: declare it under "
        f'[project.entry-points."{kind.group}"], or put @registry.{kind.plural}.register("...") above its @frozen'
    )


def _preferred(entry: Entry, part: type[Part], kind: Kind[Part]) -> Entry:
    """Return the entry of the preferred distribution, if that registers the same class under the same name."""
    for other in INDEX.claims(kind.group, entry.name):
        preferred = preferred_distribution(kind.group, entry.name) == other.distribution.key
        if preferred and other.value == entry.value and INDEX.load(other, kind.contract) is part:
            return other
    return entry


def _candidates(part: type[Part], kind: Kind[Part]) -> Iterator[Entry]:
    """Yield entries that may mean the class, the likely ones first, and no package but its own is imported in vain."""
    package = part.__module__.partition(".")[0]
    same_name = INDEX.scan.by_attribute.get((kind.group, part.__qualname__), ())
    same_package = INDEX.scan.by_package.get((kind.group, package), ())
    yield from INDEX.session(kind.group)
    yield from (entry for entry in same_name if entry.module.partition(".")[0] == package)
    yield from (entry for entry in same_name if entry.module.partition(".")[0] != package)
    yield from (entry for entry in same_package if entry.attribute != part.__qualname__)


def _registration(entry: Entry, kind: Kind[Part]) -> Registration:
    owner = entry.distribution
    spelt = [name for name in (entry.qualified, entry.name) if preferred_distribution(kind.group, name) == owner.key]
    contested = len(INDEX.claims(kind.group, entry.name)) > 1
    name = spelt[0] if spelt else entry.qualified if contested else entry.name
    return Registration(name, None, None) if owner is SESSION else Registration(name, owner.name, owner.version)
