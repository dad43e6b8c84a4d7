"""build(): makes a part, or any attrs class, from options as they stand in JSON or TOML."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from inspect import get_annotations
from types import SimpleNamespace
from typing import Any, TypeVar, get_type_hints

import attrs

from nnframe.errors import NNFrameError, SpecError
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.text import make_line, quote

__all__ = ["build", "option_fields"]

C = TypeVar("C")


def option_fields(cls: type) -> dict[str, attrs.Attribute[Any]]:
    """Return the fields that can be configured, by the keys they have in a spec.

    A key is the name of the constructor's argument; an option that is itself called ``name`` has the key ``name_``,
    because ``name`` says which part it is.
    """
    fields = {field.alias or field.name: field for field in attrs.fields(cls) if field.init}
    if issubclass(cls, Part) and "name" in fields:
        return {"name_" if key == "name" else key: field for key, field in fields.items()}
    return fields


def build(cls: type[C], options: Mapping[str, object]) -> C:
    """Return ``cls(**options)``, with each option brought to the type of its field.

    Raises:
        SpecError: An option is unknown, missing, or of a wrong type; the location says which.
        ConfigurationError: The class refuses a value.
    """
    fields = option_fields(cls)
    for key in options:
        if key not in fields:
            raise SpecError(f"{cls.__qualname__} has no option {quote(key)}{did_you_mean(key, fields)}")
    missing = [key for key, field in fields.items() if field.default is attrs.NOTHING and key not in options]
    if missing:
        raise SpecError(f"{cls.__qualname__} needs the option {' and '.join(map(quote, missing))}")
    values = {
        str(fields[key].alias or fields[key].name): _value(cls, key, fields[key], value)
        for key, value in options.items()
    }
    try:
        return cls(**values)
    except NNFrameError:
        raise
    except Exception as cause:  # Whatever a class does with an option that nobody would give it.
        reason = str(cause.args[0] if cause.args else cause)
        raise SpecError(f"{cls.__qualname__}: {make_line(reason, 300)}") from cause


def _value(cls: type, key: str, field: attrs.Attribute[Any], value: object) -> object:
    from nnframe.registry.structure import structure

    hint = _hints(cls).get(field.name)
    if field.converter is not None or hint is None:
        return value  # The author's converter takes what users write.
    try:
        return structure(value, hint)
    except NNFrameError as error:
        error.within(key)
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError) as cause:
        raise SpecError(f"{quote(value)} cannot be used: {make_line(str(cause), 300)}", location=(key,)) from cause


@cache
def _hints(cls: type) -> dict[str, object]:
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
