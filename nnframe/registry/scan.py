"""scan(): one look at all distributions, in which none of them can break another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from nnframe.registry.distribution import Distribution, canonical, describe, installed, read
from nnframe.registry.entry import PREFIX, Entry
from nnframe.registry.entrypoints import Line, Malformed, parse

if TYPE_CHECKING:
    from importlib.metadata import Distribution as Installed

__all__ = ["Scan", "lines_of", "scan"]


@frozen(eq=False)
class Scan:
    """What was found.

    Attributes:
        groups: Group to name to those who claim it, in the order of the path; one where all is well.
        malformed: Lines that cannot be read, in distributions that bring something for nnframe.
    """

    groups: Mapping[str, Mapping[str, tuple[Entry, ...]]]
    malformed: tuple[tuple[Distribution, Malformed], ...]

    def brings(self, distribution: str) -> bool:
        """Whether any entry comes from the distribution of this name."""
        key = canonical(distribution)
        entries = (entry for names in self.groups.values() for claims in names.values() for entry in claims)
        return any(canonical(entry.distribution.name) == key for entry in entries)


def scan() -> Scan:
    """Read nnframe's entry points of every distribution, importing none.

    The standard library's ``entry_points()`` raises for everybody when one distribution has one malformed line. Of
    two copies of a distribution the first on the path counts, as it does for imports.
    """
    groups: dict[str, dict[str, tuple[Entry, ...]]] = {}
    malformed: list[tuple[Distribution, Malformed]] = []
    seen: set[str] = set()
    for key, distribution in installed():
        if key in seen:
            continue
        seen.add(key)
        lines = lines_of(distribution)
        if not lines:
            continue
        owner = describe(key, distribution)
        for line in lines:
            if isinstance(line, Malformed):
                malformed.append((owner, line))
            elif line.group.startswith(PREFIX):
                names = groups.setdefault(line.group, {})
                names[line.name] = (*names.get(line.name, ()), Entry(line.group, line.name, line.value, owner))
    return Scan(groups, tuple(malformed))


def lines_of(distribution: Installed, *, every: bool = False) -> tuple[Line | Malformed, ...]:
    """Return the lines of a distribution's entry points; none where nnframe is not among them, unless ``every``."""
    try:
        text = read(distribution, "entry_points.txt")
    except UnicodeDecodeError:
        return (Malformed(0, "", "is no UTF-8 text"),)
    return tuple(parse(text)) if every or PREFIX in text else ()
