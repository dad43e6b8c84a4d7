"""scan(): one look at all distributions, in which none of them can break another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from nnframe.registry.distribution import Distribution, UnreadableError, canonical, describe, installed, read
from nnframe.registry.entry import PREFIX, Entry
from nnframe.registry.entrypoints import Line, Malformed, parse

if TYPE_CHECKING:
    from importlib.metadata import Distribution as Installed

__all__ = ["Copy", "Scan", "scan"]

Entries = Mapping[tuple[str, str], tuple[Entry, ...]]


@frozen(eq=False, slots=False)
class Copy:
    """One distribution on the path, perhaps not the only one of its name; what is read of it is read once.

    Attributes:
        key: Its canonical name.
        text: Its entry points, as they were written; empty where they cannot be read.
        trouble: Why they cannot be read; empty where they can.
    """

    key: str
    text: str
    trouble: str
    _installed: Installed

    @classmethod
    def of(cls, key: str, installed: Installed) -> Copy:
        """Read the entry points of a distribution."""
        try:
            return cls(key, read(installed, "entry_points.txt"), "", installed)
        except UnreadableError as error:
            return cls(key, "", str(error), installed)

    @property
    def is_relevant(self) -> bool:
        """Whether it has anything to do with nnframe, as far as can be read."""
        return bool(self.trouble) or PREFIX in self.text

    @cached_property
    def distribution(self) -> Distribution:
        """What its metadata say."""
        return describe(self.key, self._installed)

    @cached_property
    def lines(self) -> tuple[Line | Malformed, ...]:
        """The lines of its entry points."""
        return (Malformed(0, "", self.trouble),) if self.trouble else tuple(parse(self.text))


@frozen(eq=False, slots=False)
class Scan:
    """What was found.

    Attributes:
        groups: Group to name to those who claim it, in the order of the path; one where all is well.
        malformed: Lines that cannot be read, in distributions that bring something for nnframe.
        copies: Every distribution, in the order of the path.
    """

    groups: Mapping[str, Mapping[str, tuple[Entry, ...]]]
    malformed: tuple[tuple[Distribution, Malformed], ...]
    copies: tuple[Copy, ...]

    def brings(self, distribution: str) -> bool:
        """Whether any entry comes from the distribution of this name."""
        return canonical(distribution) in self._owners

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, group by group."""
        return tuple(entry for names in self.groups.values() for claims in names.values() for entry in claims)

    @cached_property
    def by_attribute(self) -> Entries:
        """The entries by their group and what the part is called in its module."""
        return _collect(((entry.group, entry.attribute), entry) for entry in self.entries)

    @cached_property
    def by_package(self) -> Entries:
        """The entries by their group and their top-level package."""
        return _collect(((entry.group, entry.module.partition(".")[0]), entry) for entry in self.entries)

    @cached_property
    def _owners(self) -> frozenset[str]:
        return frozenset(entry.distribution.key for entry in self.entries)


def scan() -> Scan:
    """Read nnframe's entry points of every distribution, importing none.

    The standard library's ``entry_points()`` raises for everybody when one distribution has one malformed line. Of
    two copies of a distribution the first on the path counts, as it does for imports.
    """
    copies = tuple(Copy.of(key, distribution) for key, distribution in installed())
    first: dict[str, Copy] = {}
    for copy in copies:
        first.setdefault(copy.key, copy)
    groups: dict[str, dict[str, list[Entry]]] = {}
    malformed: list[tuple[Distribution, Malformed]] = []
    for copy in first.values():
        if not copy.is_relevant:
            continue
        owner = copy.distribution
        for line in copy.lines:
            if isinstance(line, Malformed):
                malformed.append((owner, line))
            elif line.group.startswith(PREFIX):
                entry = Entry(line.group, line.name, line.value, owner)
                groups.setdefault(line.group, {}).setdefault(line.name, []).append(entry)
    claims = {group: {name: tuple(found) for name, found in names.items()} for group, names in groups.items()}
    return Scan(claims, tuple(malformed), copies)


def _collect(pairs: Iterable[tuple[tuple[str, str], Entry]]) -> Entries:
    collected: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for key, entry in pairs:
        collected[key].append(entry)
    return {key: tuple(entries) for key, entries in collected.items()}
