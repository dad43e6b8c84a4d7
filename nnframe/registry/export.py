"""spec_of(): from a part to its description, which JSON and TOML can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import Enum
from numbers import Integral, Real
from typing import Any

import attrs
import numpy as np

from nnframe.errors import NNFrameError, RegistryError, SpecError
from nnframe.interfaces import Part
from nnframe.registry.options import option_fields
from nnframe.registry.registration import registration_of
from nnframe.strict_json import MOST_DIGITS
from nnframe.text import make_line, quote

__all__ = ["spec_of"]


def spec_of(part: Part, *, defaults: bool = False) -> dict[str, object]:
    """Return the description from which ``resolve`` makes an equal part: its name, and options that are no defaults.

    Args:
        part: The part.
        defaults: Write options that have their default value too, so that the description means the same should a
            later version change it. A default that no file can hold is left out.

    Raises:
        UnknownPartError: The part, or one inside it, is registered under no name.
        SpecError: An option is nothing that a file can hold, for example a function.

    >>> from attrs import frozen
    >>> from nnframe import registry
    >>> @registry.schedules.register("halving")
    ... @frozen
    ... class Halving(registry.schedules.contract):
    ...     base: float
    ...     floor: float = 0.0
    ...     def __call__(self, progress):
    ...         return max(self.floor, self.base * 0.5**progress.epoch)
    >>> spec_of(Halving(0.1))
    {'name': 'halving', 'base': 0.1}
    >>> registry.schedules.unregister("halving")
    """
    return {"name": registration_of(type(part)).name, **_options(part, defaults)}


def _options(instance: object, defaults: bool) -> dict[str, object]:
    options: dict[str, object] = {}
    for key, field in option_fields(type(instance)).items():
        value: object = getattr(instance, field.name)
        is_default = _is_default(value, field, instance)
        if is_default and not defaults:
            continue
        try:
            options[key] = _plain(value, defaults)
        except NNFrameError as error:
            if is_default:
                continue
            error.within(key)
            raise
    return options


def _plain(value: object, defaults: bool) -> object:
    """Return a value in the types that JSON has."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        if abs(int(value)) >= 10 ** (MOST_DIGITS - 1):  # with a sign it must fit as well
            raise SpecError(f"a file cannot hold a whole number of {MOST_DIGITS} digits or more")
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else str(float(value))
    return spec_of(value, defaults=defaults) if isinstance(value, Part) else _container(value, defaults)


def _container(value: object, defaults: bool) -> object:
    if isinstance(value, Mapping):
        return {_key(key): _within(make_line(_key(key), 80), item, defaults) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_within(index, item, defaults) for index, item in enumerate(value)]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item, defaults) for item in value), key=repr)
    if attrs.has(type(value)):
        return _options(value, defaults)
    raise SpecError(f"a file cannot hold {quote(value)}: options are numbers, texts, parts, lists and tables of them")


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise SpecError(f"the keys of a table must be texts, got {quote(key)}")


def _within(step: str | int, value: object, defaults: bool) -> object:
    try:
        return _plain(value, defaults)
    except NNFrameError as error:
        error.within(step)
        raise


def _is_default(value: object, field: attrs.Attribute[Any], instance: object) -> bool:
    default: Any = field.default
    converter: Any = field.converter
    if default is attrs.NOTHING:
        return False
    if hasattr(default, "takes_self"):  # attrs.Factory, which type checkers take for a function
        default = default.factory(instance) if default.takes_self else default.factory()
    if isinstance(default, str) and not isinstance(value, str) and callable(converter):
        try:
            default = converter(default)  # a name, which the converter makes a part of
        except RegistryError:
            return False  # Another distribution has come to claim the name since: say which part it is.
    return type(value) is type(default) and bool(value == default)
