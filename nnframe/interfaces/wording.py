"""How messages show what a user, a file or a plugin wrote: on one line, cut to a readable length, and safe to print."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from reprlib import Repr

__all__ = ["find_closest", "list_names", "quote", "shorten"]

_LONGEST_NAME = 100
"""Longer names are no misspelling of anything: the search for similar ones would take seconds."""

_MOST_LISTED = 20

_REPR = Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 60
_REPR.maxdict = _REPR.maxlist = _REPR.maxtuple = _REPR.maxset = 6
_REPR.maxlevel = 3


def shorten(text: str, width: int = 80) -> str:
    r"""Return ``text`` on one line of at most ``width`` characters; what cannot be printed is escaped.

    >>> shorten("no\nsuch \u202e thing"), shorten("a" * 100, 8)
    ('no such \\u202e thing', 'aaaaa...')
    """
    if len(text) <= width and text.isprintable():
        return text
    line = "".join(map(_escape, text[: width + 1]))
    return line if len(line) <= width else line[: width - 3] + "..."


def quote(value: object, width: int = 80) -> str:
    """Return ``repr(value)``, cut to ``width`` characters; of a long value no more is looked at than is shown.

    >>> quote("relu"), quote("a" * 100, 10), quote([1] * 100)
    ("'relu'", "'aaaaa...'", '[1, 1, 1, 1, 1, 1, ...]')
    """
    if isinstance(value, str):
        text = repr(value[: width + 1])
        return text if len(value) <= width and len(text) <= width else f"{text[: width - 4]}...{text[0]}"
    return shorten(_REPR.repr(value), width)


def list_names(names: Iterable[str], width: int = 60) -> str:
    """Return names with commas between them, the first twenty of many.

    >>> list_names(["relu", "tanh"])
    'relu, tanh'
    """
    known = list(names)
    listed = ", ".join(shorten(name, width) for name in known[:_MOST_LISTED])
    return listed + (", ..." if len(known) > _MOST_LISTED else "")


def find_closest(word: str, names: Iterable[str]) -> str:
    """Return the name that ``word`` is probably a misspelling of; empty where none is like it.

    >>> find_closest("rleu", ["tanh", "relu"]), find_closest("r" * 10**6, ["relu"])
    ('relu', '')
    """
    if len(word) > _LONGEST_NAME:
        return ""
    close = difflib.get_close_matches(word, [name for name in names if len(name) <= _LONGEST_NAME], n=1)
    return close[0] if close else ""


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else character.encode("unicode_escape").decode("ascii")
