"""Holds values from a file against the annotations of the fields that they are meant for."""

from __future__ import annotations

import collections.abc
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
import numpy as np

from nnframe.errors import FileFormatError

__all__ = ["check_annotation"]

_TABLES = (dict, collections.abc.Mapping)
_LISTS = (list, collections.abc.Sequence)


def check_annotation(value: object, hint: object, where: str) -> None:
    """Check that a value is what an annotation says, as far as that is a number, text, array, list, table or class.

    Raises:
        FileFormatError: It is not.

    >>> check_annotation({"a": [1.0]}, dict[str, list[float]], "epochs")
    >>> check_annotation({"a": ["x"]}, dict[str, list[float]], "epochs")
    Traceback (most recent call last):
    nnframe.errors.FileFormatError: epochs.a.0 is a str, where a number was expected
    """
    origin, arguments = get_origin(hint) or hint, get_args(hint)
    if origin in (Union, UnionType):
        _check_union(value, arguments, where)
    elif origin is Literal:
        _expect(value in arguments, value, "one of the choices", where)
    elif origin is float:
        _expect(isinstance(value, int | float) and not isinstance(value, bool), value, "a number", where)
    elif origin in (int, str, bool, NoneType):
        _expect(type(value) is origin, value, f"{'nothing' if origin is NoneType else origin.__name__}", where)
    elif origin is np.ndarray:
        _check_array(value, arguments, where)
    elif origin in (*_TABLES, *_LISTS):
        _check_members(value, origin, arguments, where)
    elif isinstance(origin, type) and attrs.has(origin):
        _expect(isinstance(value, origin), value, origin.__name__, where)


def _check_members(value: object, origin: object, arguments: tuple[object, ...], where: str) -> None:
    if origin in _TABLES:
        _expect(isinstance(value, dict), value, "a table", where)
        hint, members = (*arguments, Any, Any)[1], dict(value) if isinstance(value, dict) else {}
    else:
        _expect(isinstance(value, list | tuple), value, "a list", where)
        hint, members = (*arguments, Any)[0], dict(enumerate(value if isinstance(value, list | tuple) else ()))
    for key, member in members.items():
        check_annotation(member, hint, f"{where}.{key!s:.60}")


def _check_union(value: object, members: tuple[object, ...], where: str) -> None:
    faults = []
    for member in members:
        try:
            check_annotation(value, member, where)
        except FileFormatError as error:
            faults.append(error)
        else:
            return
    raise faults[0]


def _check_array(value: object, arguments: tuple[Any, ...], where: str) -> None:
    _expect(isinstance(value, np.ndarray), value, "an array", where)
    scalar = (*get_args((*arguments, None)[1]), None)[0] if len(arguments) > 1 else None
    kind = get_origin(scalar) or scalar
    if isinstance(value, np.ndarray) and isinstance(kind, type) and issubclass(kind, np.generic):
        _expect(np.issubdtype(value.dtype, kind), value.dtype, f"an array of {kind.__name__}", where)


def _expect(fits: bool, value: object, expected: str, where: str) -> None:
    if not fits:
        found = str(value) if isinstance(value, np.dtype) else f"a {type(value).__name__}"
        raise FileFormatError(f"{where} is {found}, where {expected} was expected")
