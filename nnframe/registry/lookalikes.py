"""Names that people cannot tell apart, or that are not what they look like."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["escape", "find_lookalikes", "find_oddity"]

_ALIKE = """
l1I|ӏӀΙІ o0Oоοօ OОΟ AАΑ BВΒ CС EЕΕ HНΗ JЈ KКΚ MМΜ NΝ PРΡ SЅ TТΤ XХΧ YУΥҮ ZΖ
aаα cс dԁ eе hһհ iіιı jј kкκ nոη pрρ qԛ sѕ uυս vν wԝω xхχ yуγү
"""
"""Latin letters, each with the characters of other alphabets, and the digits, that look like it."""

_FOLD = str.maketrans({other: alike[0] for alike in _ALIKE.split() for other in alike[1:]})
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {chr(0xFE00 + step) for step in range(16)}
_RIGHT_TO_LEFT = ("R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "PDF", "PDI", "FSI")
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")


def find_lookalikes(names: Iterable[str]) -> list[list[str]]:
    """Return groups of different names that look alike.

    >>> find_lookalikes(["relu", "re1u", "tanh", "ReLU"])
    [['relu', 're1u', 'ReLU']]
    """
    first: dict[str, str] = {}
    groups: dict[str, dict[str, None]] = {}
    for name in names:
        shape = _fold(name)
        other = first.setdefault(shape, name)
        if other != name:
            groups.setdefault(shape, {other: None})[name] = None
    return list(map(list, groups.values()))


def find_oddity(name: str) -> str:
    r"""Return what is odd about the characters of a name, with their code points; empty where nothing is.

    >>> find_oddity("relu"), find_oddity("relu\u202e"), find_oddity("r\u0435lu")
    ('', 'it runs right to left, or hides characters (U+202E RIGHT-TO-LEFT OVERRIDE)', ...)
    """
    if name.isascii() and name.isprintable():
        return ""
    hidden = [letter for letter in name if _is_hidden(letter)]
    if hidden:
        return f"it runs right to left, or hides characters ({_spell(hidden)})"
    if unicodedata.normalize("NFKC", name) != name:
        odd = [letter for letter in name if not letter.isascii()]
        return f"it has variants of common characters ({_spell(odd)})"
    scripts = {script for letter in name if (script := _name_script(letter))}
    if len(scripts) > 1:
        odd = [letter for letter in name if not letter.isascii()]
        return f"it mixes the alphabets {' and '.join(sorted(scripts))} ({_spell(odd)})"
    return ""


def escape(text: str) -> str:
    r"""Write everything that is not ASCII as its code point.

    >>> escape("r\u0435lu")
    'r\\u0435lu'
    """
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _fold(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
        name = "".join("-" if unicodedata.category(each) == "Pd" else each for each in name if not _is_ignored(each))
    return name.translate(_FOLD).casefold().translate(_FOLD)


def _is_ignored(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf") or letter in _INVISIBLE


def _is_hidden(letter: str) -> bool:
    if letter == " ":
        return False
    unprintable = not letter.isprintable() or letter in _INVISIBLE
    return unprintable or unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT


def _name_script(letter: str) -> str:
    if unicodedata.category(letter)[0] != "L":
        return ""
    script = unicodedata.name(letter, "").partition(" ")[0]
    return "East Asian" if script in _EAST_ASIAN else script.capitalize()


def _spell(letters: Iterable[str]) -> str:
    """Spell the first few characters: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    different = list(dict.fromkeys(letters))
    spelt = [f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip() for letter in different[:5]]
    return ", ".join(spelt) + (", ..." if len(different) > 5 else "")
