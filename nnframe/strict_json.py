"""JSON that is read strictly: no duplicate keys, no NaN, no numbers out of range, no deep nesting."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from nnframe.errors import FileFormatError

__all__ = ["DEEPEST", "MOST_DIGITS", "MOST_VALUES", "read_json", "write_json"]

DEEPEST = 64
"""How deep brackets may be nested."""

MOST_VALUES = 200_000
"""How many lists, tables and members of them there may be: each costs memory, however few bytes it has."""

_BYTES_A_VALUE = 6
"""Of a longer text, one value for so many bytes: those that nnframe writes have longer names and numbers."""

_STRING = re.compile(rb'(?s)"[^"\\]*+(?:\\.[^"\\]*+)*+"')  # Possessive: it keeps nothing to come back to.
_BRACKET = re.compile(rb"[\[\]{}]")
MOST_DIGITS = 40
"""How many digits a whole number may have."""


def read_json(text: bytes, what: str, most: int = MOST_VALUES, *, finite: bool = True) -> object:
    """Read JSON from a file that may be broken, or hostile.

    Args:
        text: UTF-8.
        what: What it is, for the message.
        most: How many values it may have, if it is not so long that each of them has some bytes.
        finite: Refuse NaN, Infinity and -Infinity, which Python writes and JSON does not have.

    Raises:
        FileFormatError: It is no JSON, or not all of it is unambiguous, finite, and of a reasonable depth and size.

    >>> read_json(b'{"units": 3}', "the header")
    {'units': 3}
    >>> read_json(b'{"units": 3, "units": 4}', "the header")
    Traceback (most recent call last):
    nnframe.errors.FileFormatError: the header has the key 'units' twice
    """
    _check_size(text, what, most)
    try:
        value: object = json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_table,
            parse_constant=_refuse_constant if finite else float,
            parse_int=_whole,
            parse_float=_real,
        )
    except FileFormatError as error:
        raise FileFormatError(f"{what} {error.message}") from error
    except (ValueError, RecursionError) as cause:
        raise FileFormatError(f"{what} is no valid JSON: {str(cause)[:200]}") from cause
    return value


def write_json(value: object) -> str:
    """Write JSON compactly, and the same for the same value; no NaN and no infinity.

    >>> write_json({"units": 3, "rate": 0.1})
    '{"units":3,"rate":0.1}'
    """
    return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def _check_size(text: bytes, what: str, most: int) -> None:
    """Count brackets and commas before anything is made of them: a parser that recurses must not be given more."""
    bare = _STRING.sub(b"", text)
    values = sum(map(bare.count, (b",", b"[", b"{")))
    most = max(most, len(text) // _BYTES_A_VALUE)
    if values > most:
        raise FileFormatError(f"{what} has some {values:,} values, and {most:,} are the most that is read")
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise FileFormatError(f"{what} is nested more than {DEEPEST} deep")


def _table(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise FileFormatError(f"has the key {key!r:.80} twice")
            seen.add(key)
    return table


def _refuse_constant(name: str) -> object:
    raise FileFormatError(f"has {name}, which is no number")


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise FileFormatError(f"has a number of {len(digits)} digits")
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise FileFormatError(f"has the number {digits:.40}, which is too large")
    return number
