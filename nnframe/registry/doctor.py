"""diagnose(): everything that is wrong with what is installed, with the cause."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from attrs import frozen

from nnframe.interfaces import Part
from nnframe.registry.distribution import SESSION, Distribution
from nnframe.registry.entry import ALIASES, PREFIX, Entry
from nnframe.registry.entrypoints import Line, Malformed
from nnframe.registry.importer import Importer, print_aside
from nnframe.registry.index import INDEX
from nnframe.registry.kind import Kind
from nnframe.registry.kind_table import KINDS
from nnframe.registry.load import Fault, explain, find_part
from nnframe.registry.lookalikes import escape, find_lookalikes, find_oddity
from nnframe.registry.refusals import choose_one
from nnframe.registry.scan import Copy, Scan
from nnframe.text import find_closest, list_names, make_line, quote

__all__ = ["Finding", "Problem", "diagnose"]

Problem = Literal["broken", "stale", "conflict", "shadowed", "malformed", "unknown group", "lookalike", "odd name"]

_MOST_NAMED = 5
_DISTRIBUTION = re.compile(r"[A-Za-z0-9._-]+")


@frozen
class Finding:
    """Something that is wrong.

    Attributes:
        problem: What sort of thing.
        subject: What it is about: an entry point, or a file.
        distributions: Whose it is, with versions.
        cause: What is wrong with it, and what to do.
    """

    problem: Problem
    subject: str
    distributions: tuple[str, ...]
    cause: str


def diagnose() -> tuple[Finding, ...]:
    """Import every registered part and look at every installed distribution.

    Each distribution is looked at once, and each module imported once. What a part prints while it is imported goes
    to the standard error. A plugin whose import ends the process, or never ends, cannot be survived; and a
    ``KeyboardInterrupt`` passes, as it cannot be told from the user's.
    """
    INDEX.refresh()
    with _pause_collection():
        return tuple(_find(INDEX.scan))


@contextmanager
def _pause_collection() -> Iterator[None]:
    """Keep Python from looking for garbage among what is found, all of which is kept; it takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _find(scan: Scan) -> Iterator[Finding]:
    find_fault = _FaultFinder()
    for kind in KINDS.values():
        with print_aside():
            faults = list(_check_parts(kind, find_fault))
        for findings in (faults, _check_conflicts(kind), _check_aliases(kind), _check_names(kind)):
            yield from findings
    for check in (_check_distributions, _check_groups, _check_files, _check_shadowed):
        yield from check(scan)


class _FaultFinder:
    """Tells why entries cannot be used; a module is imported once, and what is wrong with it explained once."""

    def __init__(self) -> None:
        self._import = Importer()
        self._modules: dict[tuple[str, str], object] = {}

    def __call__(self, entry: Entry, contract: type[Part]) -> Fault | None:
        """Return the fault; None where there is none. Of what a plugin raises the same holds as of ``load``."""
        module, owner = entry.module, entry.distribution
        key = module, owner.name
        if key not in self._modules:
            try:
                self._modules[key] = self._import(module) if module else None
            except KeyboardInterrupt:
                raise
            except BaseException as cause:
                self._modules[key] = explain(module, owner, cause)
        found = self._modules[key]
        if type(found) is Fault:
            return found
        try:
            find_part(entry, found, contract)
        except KeyboardInterrupt:
            raise
        except BaseException as cause:
            return explain(module, owner, cause)
        return None


def _check_parts(kind: Kind[Part], find_fault: _FaultFinder) -> Iterator[Finding]:
    for entry in kind.entries():
        if entry.distribution is SESSION:
            continue  # It was looked at when it was registered.
        fault = find_fault(entry, kind.contract)
        if fault is not None:
            yield _report("stale" if fault.stale else "broken", entry, fault.reason)


def _check_conflicts(kind: Kind[Part]) -> Iterator[Finding]:
    for group in (kind.group, kind.group + ALIASES):
        contested = {name: claims for name, claims in INDEX.entries(group).items() if len(claims) > 1}
        for name, claims in sorted(contested.items()):
            if len({claim.value if group.endswith(ALIASES) else claim.distribution for claim in claims}) > 1:
                owners = [claim.distribution for claim in claims]
                cause = f"say which one, {choose_one(claims)}, or uninstall one"
                yield _make("conflict", f"{group} {quote(name)}", owners, escape(cause))


def _check_aliases(kind: Kind[Part]) -> Iterator[Finding]:
    names = INDEX.entries(kind.group)
    for alias, claims in sorted(INDEX.entries(kind.group + ALIASES).items()):
        if alias in names:
            yield _report("conflict", claims[0], f"{quote(alias)} is a name itself, so the alias is never used")
        for entry in claims:
            if entry.value not in names:
                yield _report("broken", entry, f"it stands for {quote(entry.value)}, which nothing registers")


def _check_names(kind: Kind[Part]) -> Iterator[Finding]:
    """Find names that hide something, and names that look like another; an alias may look like its own name."""
    claims = {**INDEX.entries(kind.group + ALIASES), **INDEX.entries(kind.group)}
    for name, entries in claims.items():
        oddity = find_oddity(name)
        if oddity:
            yield _make("odd name", f"{kind.group} {quote(name)}", [entry.distribution for entry in entries], oddity)
    for alike in find_lookalikes(claims):
        targets = {entry.value if entry.group.endswith(ALIASES) else name for name in alike for entry in claims[name]}
        if len(targets) > 1:
            owners = [entry.distribution for name in alike for entry in claims[name]]
            yield _make("lookalike", f"{kind.group} {_join(alike)}", owners, _tell_apart(alike))


def _check_distributions(scan: Scan) -> Iterator[Finding]:
    owners = {entry.distribution.key: entry.distribution for entry in scan.entries}
    for owner in owners.values():
        if not _DISTRIBUTION.fullmatch(owner.name):
            cause = f"a distribution's name has ASCII letters, digits, '.', '_' and '-' only. {find_oddity(owner.name)}"
            yield _make("odd name", f"the distribution {quote(owner.name)}", [owner], escape(cause.strip()))
        if owner.claimed:
            cause = f"its metadata call it {quote(owner.claimed)}: nnframe goes by the name of its folder"
            yield _make("odd name", f"the distribution {quote(owner.name)}", [owner], escape(cause))
    for alike in find_lookalikes(owners):
        yield _make("lookalike", f"distributions {_join(alike)}", [owners[key] for key in alike], _tell_apart(alike))


def _check_groups(scan: Scan) -> Iterator[Finding]:
    known = sorted(kind.plural + suffix for kind in KINDS.values() for suffix in ("", ALIASES))
    listed = list_names(PREFIX + plural for plural in known)
    for group, names in scan.groups.items():
        plural = group.removeprefix(PREFIX)
        if plural not in known:
            close = find_closest(plural, known)
            hint = f"did you mean {quote(PREFIX + close)}?" if close else f"it has {listed}"
            entry = next(iter(names.values()))[0]
            yield _report("unknown group", entry, escape(f"nnframe has no group {quote(group)}: {hint}"))


def _check_files(scan: Scan) -> Iterator[Finding]:
    for copy in scan.copies:
        lines = copy.lines
        ours = any(isinstance(line, Line) and line.group.startswith(PREFIX) for line in lines)
        for line in lines:
            if isinstance(line, Malformed) and (ours or "=" not in line.text):
                cause = "nnframe goes on without it; importlib.metadata.entry_points() may fail for everybody"
                yield _make("malformed", str(line), [copy.distribution], cause)


def _check_shadowed(scan: Scan) -> Iterator[Finding]:
    first: dict[str, Copy] = {}
    for copy in scan.copies:
        above = first.setdefault(copy.key, copy)
        if above is copy or not (above.is_relevant or copy.is_relevant):
            continue
        hidden, used = copy.distribution, above.distribution
        if (hidden.version, hidden.location) != (used.version, used.location):
            cause = f"{used.version} in {used.location} stands before it on the path; uninstall until one is left"
            yield _make("shadowed", f"the copy in {hidden.location}", [hidden], cause)


def _report(problem: Problem, entry: Entry, cause: str) -> Finding:
    subject = f"{entry.group} {quote(entry.name)} = {make_line(entry.value, 80)}"
    return _make(problem, subject, [entry.distribution], cause)


def _make(problem: Problem, subject: str, owners: Sequence[Distribution], cause: str) -> Finding:
    distributions = dict.fromkeys(escape(str(owner)) for owner in owners)
    return Finding(problem, escape(subject), tuple(distributions), cause)


def _tell_apart(alike: Sequence[str]) -> str:
    return escape(f"{_join(alike)} look alike, and are different names: make sure which one is meant")


def _join(names: Sequence[str]) -> str:
    more = [f"{len(names) - _MOST_NAMED:,} more"] if len(names) > _MOST_NAMED else []
    return " and ".join([*map(quote, names[:_MOST_NAMED]), *more])
