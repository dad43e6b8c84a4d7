"""What came from outside, made safe to show in a terminal, on a page, in a message: printable, and cut."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from reprlib import Repr

__all__ = ["LONGEST_LINE", "cut", "find_closest", "list_names", "make_line", "make_printable", "quote"]

LONGEST_LINE = 600
"""The most characters of a message on one line; a path or two and a sentence fit."""

_LONGEST_NAME = 100
"""Longer names are no misspelling of anything: the search for similar ones would take seconds."""

_LEAST_RATIO = 0.6
"""The least similarity, as ``difflib`` measures it, of a misspelling."""

_MOST_LISTED = 20

_REPR = Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = 200
_REPR.maxdict = _REPR.maxlist = _REPR.maxtuple = _REPR.maxset = 20
_REPR.maxlevel = 3


def cut(text: str, most: int | None) -> str:
    """Return at most ``most`` characters, 60 or more: the middle of a longer text is left out; None cuts nothing.

    >>> cut("a" * 60 + "b" * 60, 80)
    'aaaaaaaaaaaaaaaaaaaaaaaaaa [68 characters left out] bbbbbbbbbbbbbbbbbbbbbbbbbb'
    """
    if most is None or len(text) <= most:
        return text
    half = (most - len(f" [{len(text):,} characters left out] ")) // 2
    return f"{text[:half]} [{len(text) - 2 * half:,} characters left out] {text[-half:]}"


def make_printable(text: str, *, lines: bool = False) -> str:
    r"""Write every character that cannot be seen as its escape: controls, terminal codes, directions, lone surrogates.

    Args:
        text: Any text.
        lines: Keep line breaks, for text that is meant to have several lines.

    >>> print(make_printable("weight\x1b[2J\u202e"))
    weight\x1b[2J\u202e
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or (lines and char == "\n") else _escape(char) for char in text)


def make_line(text: str, most: int = LONGEST_LINE) -> str:
    """Write a message on one line that can be shown: breaks become blanks, and what is too long is cut in the middle.

    >>> make_line("first\\n  second"), make_line("0123456789", most=7)
    ('first second', '012…789')
    """
    if len(text) <= most and text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text  # as nearly always; a registry of a hundred thousand names makes half a million lines
    head = text if len(text) <= 4 * most else f"{text[: 2 * most]} {text[-2 * most :]}"  # what is cut costs no time
    line = make_printable(" ".join(head.split()))
    half = most // 2
    return line if len(line) <= most else f"{line[: most - 1 - half]}…{line[-half:]}"


def quote(value: object, most: int = 60) -> str:
    """Return ``repr(value)`` on one line, cut at the end; of a long value no more is looked at than is shown.

    >>> quote("relu"), quote("a" * 10**9, 10), quote([1] * 9, 10)
    ("'relu'", "'aaaaa...'", '[1, 1, ...')
    """
    if isinstance(value, str):
        text = repr(value[: most + 1])
        return text if len(value) <= most and len(text) <= most else f"{text[: most - 4]}...{text[0]}"
    try:
        text = make_printable(" ".join(_REPR.repr(value).split()))
    except Exception:  # a message about a value must not fail for how the value shows itself
        text = f"a {type(value).__name__}"
    return text if len(text) <= most else f"{text[: most - 3]}..."


def list_names(names: Iterable[str], most: int = 60) -> str:
    """Return names with commas between them, the first twenty of many.

    >>> list_names(["relu", "tanh"])
    'relu, tanh'
    """
    known = list(names)
    listed = ", ".join(make_line(name, most) for name in known[:_MOST_LISTED])
    return listed + (", ..." if len(known) > _MOST_LISTED else "")


def find_closest(word: str, names: Iterable[str]) -> str:
    """Return the name that ``word`` is probably a misspelling of; empty where none is like it.

    >>> find_closest("rleu", ["tanh", "relu"]), find_closest("r" * 10**6, ["relu"])
    ('relu', '')
    """
    if len(word) > _LONGEST_NAME:
        return ""
    length, letters = len(word), frozenset(word)
    shortest, longest = length * _LEAST_RATIO / (2 - _LEAST_RATIO), length * (2 - _LEAST_RATIO) / _LEAST_RATIO
    possible = [  # by the length and the letters, which cost a small part of what difflib does
        name
        for name in names
        if shortest <= len(name) <= longest
        and 2 * (length - len(letters.difference(name))) >= _LEAST_RATIO * (length + len(name))
    ]
    close = difflib.get_close_matches(word, possible, n=1, cutoff=_LEAST_RATIO) if possible else []
    return close[0] if close else ""


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
