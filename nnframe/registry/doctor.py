"""diagnose(): everything that is wrong with what is installed, with the cause."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Literal

from attrs import frozen

from nnframe.errors import BrokenPartError
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.registry.distribution import describe, installed
from nnframe.registry.entry import ALIASES, PREFIX, Entry
from nnframe.registry.entrypoints import Line, Malformed
from nnframe.registry.index import INDEX
from nnframe.registry.kind import Kind
from nnframe.registry.kinds import KINDS
from nnframe.registry.load import BrokenEntryError, is_stale
from nnframe.registry.scan import lines_of

__all__ = ["Finding", "Problem", "diagnose"]

Problem = Literal["broken", "stale", "conflict", "shadowed", "malformed", "unknown group"]


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

    What a part prints while it is imported goes to the standard error.
    """
    INDEX.refresh()
    findings: list[Finding] = []
    for kind in KINDS.values():
        findings += (*_parts(kind), *_conflicts(kind), *_aliases(kind))
    return (*findings, *_groups(), *_malformed_files(), *_shadowed())


def _parts(kind: Kind[Part]) -> Iterator[Finding]:
    for entry in kind.entries():
        try:
            with redirect_stdout(sys.stderr):
                INDEX.load(entry, kind.contract)
        except BrokenPartError as error:
            reason = error.reason if isinstance(error, BrokenEntryError) else error.message
            problem: Problem = "stale" if is_stale(entry, error.__cause__) else "broken"
            yield _finding(problem, entry, reason)


def _conflicts(kind: Kind[Part]) -> Iterator[Finding]:
    for group in (kind.group, kind.group + ALIASES):
        for name, claims in sorted(INDEX.entries(group).items()):
            if len({claim.value if group.endswith(ALIASES) else claim.distribution for claim in claims}) > 1:
                choices = " or ".join(repr(claim.qualified) for claim in claims)
                owners = tuple(str(claim.distribution) for claim in claims)
                yield Finding("conflict", f"{group} {name!r}", owners, f"say which one, {choices}, or uninstall one")


def _aliases(kind: Kind[Part]) -> Iterator[Finding]:
    names = INDEX.entries(kind.group)
    for alias, claims in sorted(INDEX.entries(kind.group + ALIASES).items()):
        if alias in names:
            yield _finding("conflict", claims[0], f"{alias!r} is a name itself, so the alias is never used")
        for entry in claims:
            if entry.value not in names:
                yield _finding("broken", entry, f"it stands for {entry.value!r}, which nothing registers")


def _groups() -> Iterator[Finding]:
    known = [name for kind in KINDS.values() for name in (kind.group, kind.group + ALIASES)]
    for group, names in INDEX.scan.groups.items():
        if group not in known:
            entry = next(iter(names.values()))[0]
            yield _finding("unknown group", entry, f"nnframe has no group {group!r}{did_you_mean(group, known)}")


def _malformed_files() -> Iterator[Finding]:
    for key, distribution in installed():
        lines = lines_of(distribution, every=True)
        ours = any(isinstance(line, Line) and line.group.startswith(PREFIX) for line in lines)
        for line in lines:
            if isinstance(line, Malformed) and (ours or "=" not in line.text):
                cause = "nnframe goes on without it; importlib.metadata.entry_points() may fail for everybody"
                yield Finding("malformed", str(line), (str(describe(key, distribution)),), cause)


def _shadowed() -> Iterator[Finding]:
    first: dict[str, tuple[str, str, bool]] = {}
    for key, distribution in installed():
        copy = describe(key, distribution)
        ours = bool(lines_of(distribution))
        version, location, first_ours = first.setdefault(key, (copy.version, copy.location, ours))
        if (version, location) != (copy.version, copy.location) and (ours or first_ours):
            cause = f"{version} in {location} stands before it on the path; uninstall until one is left"
            yield Finding("shadowed", f"the copy in {copy.location}", (str(copy),), cause)


def _finding(problem: Problem, entry: Entry, cause: str) -> Finding:
    return Finding(problem, f"{entry.group} {entry.name!r} = {entry.value}", (str(entry.distribution),), cause)
