"""Parts of a model as a file names them: kind, name, distribution, version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import attrs
from attrs import frozen

from nnframe import registry
from nnframe.binding import Binding
from nnframe.composition import Network
from nnframe.errors import FileFormatError, UnknownPartError
from nnframe.interfaces import Part
from nnframe.registry.distribution import SESSION, canonical
from nnframe.registry.preference import Preferences, prefer_distributions
from nnframe.text import list_names, quote

__all__ = ["NamedPart", "parts_of", "read_part", "require", "resolve_as_named"]

_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]{0,98}")


@frozen
class NamedPart:
    """One part that a model is made of.

    Attributes:
        kind: ``"layer"``, ``"activation"``, ...
        name: What it is registered as.
        distribution, version: Who brought it when the file was written; None for a part of that session only.
    """

    kind: str
    name: str
    distribution: str | None
    version: str | None


def parts_of(network: Network) -> list[NamedPart]:
    """Return every part that a model is made of, each once, in the order met."""
    roots = [network.layer, network.loss, *network.regularizers.values(), *network.constraints.values()]
    found: dict[NamedPart, None] = {}
    for part in _parts(roots):
        try:
            known = registry.registration_of(type(part))
        except UnknownPartError:
            continue  # A default inside another part: the spec names the other alone.
        found[NamedPart(part.kind, known.name, known.distribution, known.version)] = None
    return list(found)


def _parts(value: object) -> Iterator[Part]:
    if isinstance(value, Part):
        yield value
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for member in value:
            yield from _parts(member)
    elif attrs.has(type(value)):
        fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(type(cast("attrs.AttrsInstance", value)))
        for field in fields:
            yield from _parts(getattr(value, field.name))


def read_part(value: object) -> NamedPart:
    """Read what a file says about a part.

    Raises:
        FileFormatError: It does not say kind, name, distribution and version. A distribution's name is shown to people
            as something to install, so it must look like one.
    """
    if not isinstance(value, dict) or set(value) != {"kind", "name", "distribution", "version"}:
        raise FileFormatError("a part must have kind, name, distribution and version, and nothing else")
    kind, name, distribution, version = (value[key] for key in ("kind", "name", "distribution", "version"))
    if kind not in tuple(registry.KINDS) or not isinstance(name, str):
        raise FileFormatError(f"a part has the kind {quote(kind)} and the name {quote(name)}")
    for text, pattern in ((distribution, _DISTRIBUTION), (version, _VERSION)):
        if text is not None and not (isinstance(text, str) and pattern.fullmatch(text)):
            raise FileFormatError(f"{quote(text)} is not the name or the version of a distribution")
    return NamedPart(kind, name, distribution, version)


def resolve_as_named(parts: Iterable[NamedPart]) -> Binding[Preferences]:
    """Within this context, take each part from the distribution that the file names, though others claim its name too.

    Raises:
        FileFormatError: The file names two distributions for one part.
    """
    preferences: dict[tuple[str, str], str] = {}
    for part in parts:
        distribution = part.distribution or SESSION.name
        key = (registry.KINDS[part.kind].group, part.name)
        if canonical(preferences.setdefault(key, distribution)) != canonical(distribution):
            raise FileFormatError(f"the {part.kind} {quote(part.name)} is said to be of two distributions")
    return prefer_distributions(preferences)


def require(part: NamedPart) -> None:
    """Check that a part is here, and comes from where it came from.

    Raises:
        UnknownPartError: It is not; the message says which distribution to install.
    """
    kind = registry.KINDS[part.kind]
    wanted = f"the {part.kind} {quote(part.name)}"
    if part.name not in kind:
        registry.refresh()
    if part.name not in kind:
        if part.distribution is None:
            raise UnknownPartError(
                f"the file needs {wanted}, which was registered in the session that saved it: define the class and "
                f"register it with @registry.{kind.plural}.register({quote(part.name)}) before loading"
            )
        release = part.distribution + (f"=={part.version}" if part.version and part.version != "unknown" else "")
        raise UnknownPartError(
            f"the file needs {wanted} of the distribution {part.distribution} {part.version}, which is not "
            f"installed: 'pip install {release}', if you trust that distribution"
        )
    owners = [entry.distribution for entry in kind.claims(part.name)]
    if part.distribution and not any(here is SESSION or here.key == canonical(part.distribution) for here in owners):
        raise UnknownPartError(
            f"the file needs {wanted} of the distribution {part.distribution} {part.version}, and here the name "
            f"belongs to {list_names(map(str, owners))}, which may compute something else; {part.distribution} is not "
            f"installed: install {part.distribution}"
        )
