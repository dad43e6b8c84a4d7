"""Text that came from outside, made safe to show: in a terminal, on a page, in a message."""

from __future__ import annotations

__all__ = ["LONGEST_LINE", "make_line", "make_printable"]

LONGEST_LINE = 600
"""The most characters of a message on one line; a path or two and a sentence fit."""


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
    head = text if len(text) <= 4 * most else f"{text[: 2 * most]} {text[-2 * most :]}"  # what is cut costs no time
    line = make_printable(" ".join(head.split()))
    half = most // 2
    return line if len(line) <= most else f"{line[: most - 1 - half]}…{line[-half:]}"


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
