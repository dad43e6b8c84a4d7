"""resolve(): from a description of a part to the part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar, cast, overload

from nnframe.errors import SpecError
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.registry.precedence import lookup
from nnframe.registry.structure import build
from nnframe.text import quote

if TYPE_CHECKING:
    from nnframe.registry.kind import Kind

__all__ = ["resolve"]

A = TypeVar("A", bound=Part)
B = TypeVar("B", bound=Part)


@overload
def resolve(spec: object, kind: Kind[A], /) -> A: ...
@overload
def resolve(spec: object, kind: Kind[A], other: Kind[B], /) -> A | B: ...
@overload
def resolve(spec: object, /, *kinds: Kind[Part]) -> Part: ...
def resolve(spec: object, /, *kinds: Kind[Part]) -> Part:
    """Return the part that ``spec`` describes.

    Options are brought to the types of the part's fields, so that a spec may come from JSON or TOML: lists become
    tuples, whole numbers become floats, and nested specs become parts. A field with a converter gets what is written.

    Args:
        spec: A part, which is returned as it is; a name; or a mapping ``{"name": ..., options}``. (An option that is
            itself called ``name`` is written ``name_``.)
        kinds: What it may be; of several that know the name, the first.

    Raises:
        SpecError: The description is none, an option is unknown, missing or of a wrong type. The location says where.
        RegistryError: The name is unknown or contested, or its part is broken.
        ConfigurationError: The part refuses a value.

    >>> from attrs import frozen
    >>> from nnframe import registry
    >>> @registry.schedules.register("halving")
    ... @frozen
    ... class Halving(registry.schedules.contract):
    ...     base: float
    ...     def __call__(self, progress):
    ...         return self.base * 0.5**progress.epoch
    >>> resolve({"name": "halving", "base": 1}, registry.schedules)
    Halving(base=1.0)
    >>> resolve({"name": "halving", "bass": 1}, registry.schedules)
    Traceback (most recent call last):
    nnframe.errors.SpecError: Halving has no option 'bass': did you mean 'base'?
    >>> registry.schedules.unregister("halving")
    """
    wanted = " or ".join(kind.singular for kind in kinds)
    if isinstance(spec, Part):
        if any(isinstance(spec, kind.contract) for kind in kinds):
            return spec
        raise SpecError(f"expected {wanted}, got the {spec.kind} {quote(spec)}")
    name, options = _read(spec, wanted)
    part = lookup(name, kinds).get(name)
    return build(part, options)


def _read(spec: object, wanted: str) -> tuple[str, Mapping[str, object]]:
    if isinstance(spec, str):
        return spec, {}
    if isinstance(spec, type):
        raise SpecError(f"expected {wanted}, got the class {spec.__qualname__}: call it, {spec.__qualname__}(...)")
    if not isinstance(spec, Mapping):
        raise SpecError(f"expected {wanted} (a part, a name, or {{'name': ..., options}}), got {quote(spec)}")
    options = dict(cast("Mapping[str, object]", spec))
    if "name" not in options:
        near = did_you_mean("name", map(str, options)) if options else ": it is empty"
        raise SpecError(f"a description of a {wanted} needs the key 'name', which says which one{near}")
    name = options.pop("name")
    if not isinstance(name, str):
        raise SpecError(f"'name' must be the name of a {wanted}, got {quote(name)}", location=("name",))
    return name, options
