"""The options of a part, or of any attrs class: the fields that can be configured, and their types."""

from __future__ import annotations

import sys
from functools import cache
from inspect import get_annotations
from types import SimpleNamespace
from typing import Any, get_type_hints

import attrs

from nnframe.interfaces import Part

__all__ = ["option_fields", "option_types"]


def option_fields(cls: type) -> dict[str, attrs.Attribute[Any]]:
    """Return the fields that can be configured, by the keys they have in a spec.

    A key is the name of the constructor's argument; an option that is itself called ``name`` has the key ``name_``,
    because ``name`` says which part it is.
    """
    fields = {field.alias or field.name: field for field in attrs.fields(cls) if field.init}
    if issubclass(cls, Part) and "name" in fields:
        return {"name_" if key == "name" else key: field for key, field in fields.items()}
    return fields


@cache
def option_types(cls: type) -> dict[str, object]:
    """Return the types of the fields, as far as they can be found: not those imported for type checkers only."""
    try:
        return dict(get_type_hints(cls))
    except (NameError, TypeError, AttributeError):
        return {
            name: hint
            for base in reversed(cls.__mro__)
            for name, annotation in get_annotations(base).items()
            if (hint := _evaluated(annotation, base)) is not None
        }


def _evaluated(annotation: object, base: type) -> object:
    module = sys.modules.get(base.__module__)
    try:
        return get_type_hints(SimpleNamespace(__annotations__={"it": annotation}), vars(module))["it"]
    except (NameError, TypeError, AttributeError):
        return None
