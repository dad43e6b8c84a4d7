"""What is said when a name leads to no part, or to two."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nnframe.errors import ConflictError, UnknownPartError
from nnframe.registry.entry import ALIASES, PREFIX, Entry
from nnframe.registry.index import INDEX
from nnframe.registry.samples import SAMPLES, sample_of
from nnframe.text import find_closest, list_names, quote

if TYPE_CHECKING:
    from nnframe.interfaces import Part
    from nnframe.registry.kind import Kind

__all__ = ["choose_one", "conflict", "unknown"]

_MOST_CHOICES = 5
_LONGEST = 200


def conflict(label: str, name: str, claims: Sequence[Entry]) -> ConflictError:
    """Return the error for a name that several distributions claim."""
    owners = _join((str(entry.distribution) for entry in claims), " and ")
    return ConflictError(
        f"the {label} {quote(name)} is registered by {owners}. Say which one you mean, {choose_one(claims)}, or "
        "uninstall the other"
    )


def choose_one(claims: Sequence[Entry]) -> str:
    """Return the names to choose from among several that claim one."""
    return _join((quote(entry.qualified) for entry in claims), " or ")


def _join(texts: Iterable[str], conjunction: str) -> str:
    listed = list(texts)
    more = [f"{len(listed) - _MOST_CHOICES:,} more"] if len(listed) > _MOST_CHOICES else []
    return conjunction.join([*listed[:_MOST_CHOICES], *more])


def unknown(name: str, kinds: Sequence[Kind[Part]]) -> UnknownPartError:
    """Return the error for a name that no distribution registers, with what the user probably wants."""
    label = " or ".join(kind.singular for kind in kinds)
    hints = _distribution_that_has_it(name, kinds) or _similar(name, kinds)
    return UnknownPartError(f"no {label} is called {quote(name)}{hints}{_elsewhere(name, kinds)}{_troubles()}")


def _distribution_that_has_it(name: str, kinds: Sequence[Kind[Part]]) -> str:
    for kind in kinds:
        sample = sample_of(kind.group, name)
        if sample is not None:
            return f": the distribution {sample.distribution} has it and is not installed ({sample.how_to_get})"
    return ""


def _similar(name: str, kinds: Sequence[Kind[Part]]) -> str:
    known = [other for kind in kinds for other in (*kind.names(), *kind.aliases())]
    close = _closest(name, known)
    if close:
        return f": did you mean {quote(close)}?"
    for kind in kinds:
        close = _closest(name, [other for sample in SAMPLES if sample.group == kind.group for other in sample.names])
        sample = sample_of(kind.group, close)
        if sample is not None:
            return f": did you mean '{close}'? {sample.distribution} has it and is not installed ({sample.how_to_get})"
    if not known:
        return ": none is installed at all"
    return f": there are {list_names(sorted(known))}"


def _closest(name: str, known: Iterable[str]) -> str:
    """Find the name that is meant, also in another spelling: CrossEntropy, cross-entropy, CROSS_ENTROPY."""
    plain = {_plain(other): other for other in known}
    close = find_closest(_plain(name), plain)
    return plain[close] if close else ""


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name[:_LONGEST].lower()))


def _elsewhere(name: str, kinds: Sequence[Kind[Part]]) -> str:
    groups = {kind.group for kind in kinds}
    for group, names in INDEX.scan.groups.items():
        if name in names and group not in groups and not group.endswith(ALIASES):
            return f". {quote(name)} is among the {group.removeprefix(PREFIX)}"
    return ""


def _troubles() -> str:
    """Name reasons why a name that should be there may be missing."""
    said = ""
    if not INDEX.scan.brings("nnframe"):
        said += ". None of nnframe's own parts is registered: install nnframe ('pip install -e .' in a checkout)"
    if INDEX.scan.malformed:
        said += ". Some entry points cannot be read: 'nnframe plugins doctor' lists them"
    return said
