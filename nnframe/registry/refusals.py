"""What is said when a name leads to no part, or to two."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nnframe.errors import ConflictError, UnknownPartError
from nnframe.registry.entry import ALIASES, PREFIX, Entry
from nnframe.registry.index import INDEX
from nnframe.registry.samples import SAMPLES, sample_of

if TYPE_CHECKING:
    from nnframe.interfaces import Part
    from nnframe.registry.kind import Kind

__all__ = ["conflict", "unknown"]


def conflict(label: str, name: str, claims: Sequence[Entry]) -> ConflictError:
    """Return the error for a name that several distributions claim."""
    owners = " and ".join(str(entry.distribution) for entry in claims)
    choices = " or ".join(repr(entry.qualified) for entry in claims)
    return ConflictError(
        f"the {label} {name!r} is registered by {owners}. Say which one you mean, {choices}, or uninstall the other"
    )


def unknown(name: str, kinds: Sequence[Kind[Part]]) -> UnknownPartError:
    """Return the error for a name that no distribution registers, with what the user probably wants."""
    label = " or ".join(kind.singular for kind in kinds)
    hints = _distribution_that_has_it(name, kinds) or _similar(name, kinds)
    return UnknownPartError(f"no {label} is called {name!r}{hints}{_elsewhere(name, kinds)}{_troubles()}")


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
        return f": did you mean {close!r}?"
    for kind in kinds:
        close = _closest(name, [other for sample in SAMPLES if sample.group == kind.group for other in sample.names])
        sample = sample_of(kind.group, close)
        if sample is not None:
            return f": did you mean {close!r}? {sample.distribution} has it and is not installed ({sample.how_to_get})"
    if not known:
        return ": none is installed at all"
    listed = ", ".join(sorted(known)[:20])
    return f": there are {listed}" + (", ..." if len(known) > 20 else "")


def _closest(name: str, known: Iterable[str]) -> str:
    """Find the name that is meant, also in another spelling: CrossEntropy, cross-entropy, CROSS_ENTROPY."""
    plain = {_plain(other): other for other in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1)
    return plain[close[0]] if close else ""


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _elsewhere(name: str, kinds: Sequence[Kind[Part]]) -> str:
    groups = {kind.group for kind in kinds}
    for group, names in INDEX.scan.groups.items():
        if name in names and group not in groups and not group.endswith(ALIASES):
            return f". {name!r} is among the {group.removeprefix(PREFIX)}"
    return ""


def _troubles() -> str:
    """Name reasons why a name that should be there may be missing."""
    said = ""
    if not INDEX.scan.brings("nnframe"):
        said += ". None of nnframe's own parts is registered: install nnframe ('pip install -e .' in a checkout)"
    if INDEX.scan.malformed:
        said += ". Some entry points cannot be read: 'nnframe plugins doctor' lists them"
    return said
