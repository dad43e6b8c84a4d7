"""build() and structure(): from values as they stand in JSON or TOML to classes, each value in its field's type."""

from __future__ import annotations

import collections.abc
from collections.abc import Callable, Mapping
from functools import cache
from numbers import Integral, Real
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import attrs
import numpy as np

from nnframe.errors import NNFrameError, SpecError
from nnframe.interfaces import Part
from nnframe.interfaces.part import did_you_mean
from nnframe.registry.kind_table import kind_of
from nnframe.registry.options import option_fields, option_types
from nnframe.text import make_line, quote

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["build", "structure"]

C = TypeVar("C")

SEQUENCES = (tuple, list, set, frozenset, collections.abc.Sequence, collections.abc.Iterable)
SPECIAL_FLOATS = ("inf", "-inf", "nan")


class WrongTypeError(SpecError):
    """A value is not of the type at all (and not of the type with something wrong inside)."""

    expected: str = ""


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
    hint = option_types(cls).get(field.name)
    if field.converter is not None or hint is None:
        return value  # The author's converter takes what users write.
    try:
        return structure(value, hint)
    except NNFrameError as error:
        error.within(key)
        raise
    except (TypeError, ValueError, LookupError, ArithmeticError) as cause:
        raise SpecError(f"{quote(value)} cannot be used: {make_line(str(cause), 300)}", location=(key,)) from cause


def structure(value: object, hint: object) -> object:
    """Return ``value`` as a ``hint``; where ``hint`` is no type that a spec can hold, ``value`` itself.

    Raises:
        SpecError: The value is of a wrong type.

    >>> structure([3, 3], tuple[int, ...])
    (3, 3)
    >>> structure(1, float | None)
    1.0
    >>> structure("samee", Literal["same", "valid"])
    Traceback (most recent call last):
    nnframe.errors.SpecError: 'samee' is not among the choices: did you mean 'same'?
    """
    return _converter().structure(value, cast("type[object]", hint))


@cache
def _converter() -> Converter:
    """Cattrs finds the rule for a type; ours are stricter than its own, which turn "3" into 3 and "ab" into a list."""
    from cattrs import Converter

    converter = Converter(detailed_validation=False, structure_fallback_factory=lambda _: lambda value, _: value)
    for primitive in (int, float, bool, str):
        converter.register_structure_hook(primitive, _primitive)
    converter.register_structure_hook(NoneType, _none)
    for applies, rule in _RULES:
        converter.register_structure_hook_func(applies, rule)
    return converter


def _wrong(expected: str, value: object) -> WrongTypeError:
    error = WrongTypeError(f"expected {expected}, got {quote(value)}")
    error.expected = expected
    return error


def _plain(hint: object) -> object:
    """Strip the arguments of a generic type."""
    return get_origin(hint) or hint


def _primitive(value: object, hint: type) -> object:
    if hint is bool and isinstance(value, np.bool_):
        return bool(value)
    if hint is bool or hint is str:
        if isinstance(value, hint):
            return value
        raise _wrong("true or false" if hint is bool else "a text", value)
    if not isinstance(value, bool | np.timedelta64) and isinstance(value, Integral if hint is int else Real):
        return cast("Callable[[object], object]", hint)(value)
    if hint is float and isinstance(value, str) and value in SPECIAL_FLOATS:
        return float(value)
    raise _wrong("a whole number" if hint is int else "a number", value)


def _none(value: object, _: object) -> object:
    if value is None:
        return None
    raise _wrong("nothing", value)


def _literal(value: object, hint: object) -> object:
    choices = get_args(hint)
    if any(value == choice and type(value) is type(choice) for choice in choices):
        return value
    word = value if isinstance(value, str) else ""
    raise SpecError(f"{quote(value)} is not among the choices{did_you_mean(word, map(str, choices))}")


def _union(value: object, hint: object) -> object:
    """Try one member after the other; complain about the one that came nearest."""
    members = get_args(hint)
    if type(value) in members:
        return value
    near: list[NNFrameError] = []
    expected: list[str] = []
    for member in members:
        try:
            return structure(value, member)
        except WrongTypeError as error:
            near += [error] if error.location else []
            expected += [] if error.location else [error.expected]
        except NNFrameError as error:
            near.append(error)
    if near:
        raise near[0]
    raise _wrong(" or ".join(expected), value)


def _sequence(value: object, hint: object) -> object:
    if not isinstance(value, list | tuple | set | frozenset):
        raise _wrong("a list", value)
    kind, arguments = _plain(hint), get_args(hint)
    if kind is tuple and arguments and arguments[-1] is not Ellipsis:
        if len(value) != len(arguments):
            raise _wrong(f"{len(arguments)} values", value)
        members = [_within(index, item, arguments[index]) for index, item in enumerate(value)]
    else:
        members = [_within(index, item, arguments[0] if arguments else object) for index, item in enumerate(value)]
    make = kind if kind in (list, set, frozenset) else tuple
    return cast("Callable[[object], object]", make)(members)


def _mapping(value: object, hint: object) -> object:
    if not isinstance(value, Mapping):
        raise _wrong("a table of names and values", value)
    member = (*get_args(hint), object, object)[1]
    return {key: _within(make_line(str(key), 80), item, member) for key, item in value.items()}


def _within(step: str | int, value: object, hint: object) -> object:
    try:
        return structure(value, hint)
    except NNFrameError as error:
        error.within(step)
        raise


def _part(value: object, hint: object) -> object:
    wanted = cast("type[Part]", _plain(hint))
    if wanted is Part and isinstance(value, Part):
        return value
    if not isinstance(value, str | Mapping | Part):
        raise _wrong(f"{wanted.kind} (a name, or a table with a name and options)", value)
    part = kind_of(wanted).resolve(value)
    if not isinstance(part, wanted):
        raise SpecError(f"expected {wanted.__qualname__}, got {type(part).__qualname__}")
    return part


def _attrs_class(value: object, hint: object) -> object:
    wanted = cast("type", _plain(hint))
    if isinstance(value, wanted):
        return value
    if not isinstance(value, Mapping):
        raise _wrong(f"a table with the fields of {wanted.__qualname__}", value)
    return build(wanted, value)


def _is_class(hint: object, *bases: type) -> bool:
    plain = _plain(hint)
    return isinstance(plain, type) and issubclass(plain, bases)


_RULES: tuple[tuple[Callable[[object], bool], Callable[[object, object], object]], ...] = (
    (lambda hint: _plain(hint) in SEQUENCES, _sequence),
    (lambda hint: _plain(hint) in (dict, collections.abc.Mapping), _mapping),
    (lambda hint: _plain(hint) is Literal, _literal),
    (lambda hint: _plain(hint) in (Union, UnionType), _union),
    (lambda hint: attrs.has(cast("type", _plain(hint))), _attrs_class),
    (lambda hint: _is_class(hint, Part), _part),
)
"""Which types a rule is for, and the rule; the last that applies wins."""
