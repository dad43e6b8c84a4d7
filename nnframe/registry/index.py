"""Index: what is installed and what was registered in this session, known once for all kinds and threads."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from threading import RLock
from typing import TYPE_CHECKING

from attrs import define, field

from nnframe.interfaces import Part
from nnframe.registry.distribution import SESSION
from nnframe.registry.entry import Entry

if TYPE_CHECKING:
    from nnframe.registry.scan import Scan

__all__ = ["INDEX", "Index"]


@define(eq=False)
class Index:
    """The scan, made when first needed, and the classes that were asked for."""

    _scan: Scan | None = None
    _classes: dict[Entry, type[Part]] = field(factory=dict, repr=False)
    _session: dict[tuple[str, str], Entry] = field(factory=dict)
    _lock: RLock = field(factory=RLock, repr=False)

    @property
    def scan(self) -> Scan:
        """What is installed."""
        from nnframe.registry.scan import scan

        found = self._scan
        if found is None:
            with self._lock:
                found = self._scan = self._scan or scan()
        return found

    def refresh(self) -> None:
        """Forget the scan and the classes, so that what was installed since is found. Session parts stay."""
        with self._lock:
            importlib.invalidate_caches()
            self._scan = None
            self._classes = {entry: part for entry, part in self._classes.items() if entry.distribution is SESSION}

    def entries(self, group: str) -> Mapping[str, tuple[Entry, ...]]:
        """Return each name of a group with those who claim it: distributions first, then the session."""
        names = dict(self.scan.groups.get(group, {}))
        for entry in self.session(group):
            names[entry.name] = (*names.get(entry.name, ()), entry)
        return names

    def claims(self, group: str, name: str) -> tuple[Entry, ...]:
        """Return those who claim a name."""
        own = self._session.get((group, name))
        return (*self.scan.groups.get(group, {}).get(name, ()), *((own,) if own else ()))

    def session(self, group: str) -> tuple[Entry, ...]:
        """Return the parts of a group that were registered in this session."""
        with self._lock:
            return tuple(entry for (where, _), entry in self._session.items() if where == group)

    def load(self, entry: Entry, contract: type[Part]) -> type[Part]:
        """Return the class of an entry, imported once."""
        known = self._classes.get(entry)
        if known is None:
            from nnframe.registry.load import load

            # No lock: importing has its own, and holding both is how threads come to wait for each other.
            known = self._classes[entry] = load(entry, contract)
        return known

    def register(self, entry: Entry, part: type[Part]) -> None:
        """Remember a part of this session, in the place of the last one of its name."""
        with self._lock:
            self.unregister(entry.group, entry.name)
            self._session[entry.group, entry.name] = entry
            self._classes[entry] = part

    def unregister(self, group: str, name: str) -> bool:
        """Forget a part of this session; whether there was one."""
        with self._lock:
            old = self._session.pop((group, name), None)
            self._classes.pop(old, None) if old else None
        return old is not None


INDEX = Index()
"""The one that every kind uses."""
