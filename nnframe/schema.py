"""Plain data (of JSON or TOML) read into attrs classes: every key and every type is checked, and errors say where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from itertools import repeat
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs

from nnframe.errors import NNFrameError
from nnframe.interfaces.part import did_you_mean

__all__ = ["read_into"]

T = TypeVar("T")
Reader = Callable[[Any], Any]

_NAMES = {dict: "a table", list: "a list", tuple: "a list", NoneType: "null"}


class _MismatchError(Exception):
    """Data that do not fit; ``steps`` lead to them from the outside."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.steps: list[str] = []

    def within(self, step: str) -> _MismatchError:
        self.steps.insert(0, step)
        return self


def read_into(cls: type[T], data: object, where: str, error: type[NNFrameError]) -> T:
    """Make an instance of an attrs class from a mapping, and of the classes of its fields from what is inside.

    Args:
        cls: The class; its annotations say what each key must be.
        data: Mappings, lists, numbers, texts.
        where: What the data are, for messages.
        error: What is raised.

    Raises:
        NNFrameError: Of class ``error``: a key is unknown or missing, or a value fits not its annotation or validator.

    >>> from nnframe.errors import SpecError
    >>> Point = attrs.make_class("Point", {"x": attrs.field(type=float)})
    >>> read_into(Point, {"x": 1}, "the point", SpecError)
    Point(x=1.0)
    >>> read_into(Point, {"x": "1"}, "the point", SpecError)
    Traceback (most recent call last):
    nnframe.errors.SpecError: the point: x must be float, and is str
    """
    try:
        value: T = _make_reader(cast("Any", cls))(data)
    except _MismatchError as mismatch:
        raise error(": ".join([where, *mismatch.steps]) + mismatch.message) from None
    return value


@lru_cache(maxsize=256)
def _make_reader(kind: Any) -> Reader:
    """Return the function that reads values of an annotated kind."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _read_one_of(arguments)
    if origin is tuple:
        return _read_tuple(arguments)
    if origin is list:
        entries = _read_tuple((*arguments, Ellipsis))
        return lambda value: list(entries(value))
    if origin is dict:
        return _read_table(_make_reader(arguments[1]))
    if attrs.has(kind):
        return _read_class(kind)
    return _make_plain_reader(origin or kind)


def _make_plain_reader(kind: Any) -> Reader:
    if kind is Any:
        return lambda value: value
    if issubclass(kind, Enum):
        return _read_member(kind)
    return _read_number if kind is float else _read_plain(kind)


def _refuse(value: object, *kinds: Any) -> _MismatchError:
    names = " or ".join(_NAMES.get(kind, kind.__name__) for kind in kinds)
    return _MismatchError(f" must be {names}, and is {_NAMES.get(type(value), type(value).__name__)}")


def _read_plain(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise _refuse(value, kind)
        return value

    return read


def _read_number(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is not int:
        raise _refuse(value, float)
    try:
        return float(value)
    except OverflowError:
        raise _MismatchError(" is too large a number") from None


def _read_one_of(kinds: tuple[Any, ...]) -> Reader:
    """Read the first kind whose Python type a value has; a whole number is a float where no int may stand."""
    readers = [(_python_types(kind), _make_reader(kind)) for kind in kinds]

    def read(value: Any) -> Any:
        for types, reader in readers:
            if type(value) in types:
                return reader(value)
        if len(readers) == 2 and NoneType in kinds:
            return next(reader for types, reader in readers if types != (NoneType,))(value)
        raise _refuse(value, *(get_origin(kind) or kind for kind in kinds))

    return read


def _python_types(kind: Any) -> tuple[type, ...]:
    plain = get_origin(kind) or kind
    if plain is float:
        return (float, int)
    if isinstance(plain, type) and issubclass(plain, Enum):
        return (str,)
    return (list,) if plain is tuple else (dict,) if attrs.has(plain) else (plain,)


def _read_tuple(arguments: tuple[Any, ...]) -> Reader:
    length = None if arguments[-1] is Ellipsis else len(arguments)
    fixed = [_make_reader(argument) for argument in arguments if argument is not Ellipsis]

    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _refuse(value, list)
        if length is not None and len(value) != length:
            raise _MismatchError(f" must have {length} entries, and has {len(value)}")
        entries: list[Any] = []
        try:
            for reader, entry in zip(fixed if length is not None else repeat(fixed[0]), value, strict=False):
                entries.append(reader(entry))
        except _MismatchError as mismatch:
            raise mismatch.within(f"entry {len(entries)}") from None
        return tuple(entries)

    return read


def _read_table(reader: Reader) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _refuse(value, dict)
        return {key: _read_entry(reader, key, entry) for key, entry in value.items()}

    return read


def _read_entry(reader: Reader, key: str, value: object) -> Any:
    try:
        return reader(value)
    except _MismatchError as mismatch:
        raise mismatch.within(f"{key:.60}") from None


def _read_member(kind: type[Enum]) -> Reader:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Enum:
        if not isinstance(value, str):
            raise _refuse(value, str)
        if value not in members:
            hint = did_you_mean(value[:60], members)
            raise _MismatchError(f" must be a {kind.__name__.lower()}, and is {value!r:.60}{hint}")
        return members[value]

    return read


def _read_class(cls: type) -> Reader:
    hints = get_type_hints(cls)
    fields = {entry.name: entry for entry in attrs.fields(cls)}
    readers = {name: _make_reader(hints[name]) for name in fields}

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise _refuse(value, dict)
        for key in value:
            if key not in fields:
                raise _MismatchError(f": unknown key {key!r:.60}{did_you_mean(str(key)[:60], fields)}")
        for name, entry in fields.items():
            if name not in value and entry.default is attrs.NOTHING:
                raise _MismatchError(f": the key {name!r} is missing")
        arguments = {key: _read_entry(readers[key], key, entry) for key, entry in value.items()}
        try:
            return cls(**arguments)
        except ValueError as cause:
            raise _MismatchError(f": {cause}") from cause

    return read
