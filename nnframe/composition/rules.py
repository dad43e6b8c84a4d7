"""Rules by path pattern: which parameters are regularized, constrained, or frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from nnframe.errors import ConfigurationError

__all__ = ["matching"]

R = TypeVar("R")

_LONGEST_PATTERN = 1_000
_MOST_COMPARISONS = 1_000_000
"""Patterns times paths: a file may hold any number of both."""


def matching(rules: Mapping[str, R], paths: Sequence[str], what: str) -> dict[str, list[R]]:
    """Return the rules that apply to each path, in the order given.

    Args:
        rules: By pattern: ``*`` stands for anything, as in ``"encoder.*.weight"``.
        paths: All paths there are.
        what: The name of the option, for the error.

    Raises:
        ConfigurationError: A pattern matches no path, or is no text of a reasonable length, or there are too many.

    >>> matching({"*.weight": "l2"}, ["0.weight", "0.bias"], "regularizers")
    {'0.weight': ['l2'], '0.bias': []}
    """
    if len(rules) * len(paths) > _MOST_COMPARISONS:
        raise ConfigurationError(f"{what}: {len(rules):,} patterns are too many for {len(paths):,} parameters")
    found: dict[str, list[R]] = {path: [] for path in paths}
    for pattern, rule in rules.items():
        if not isinstance(pattern, str) or len(pattern) > _LONGEST_PATTERN:
            raise ConfigurationError(
                f"{what}: a pattern is a text of at most {_LONGEST_PATTERN} characters, and this is {pattern!r:.60}"
            )
        hits = [path for path in paths if fnmatchcase(path, pattern)]
        if not hits:
            raise ConfigurationError(
                f"{what}: the pattern {pattern!r:.80} matches no parameter; there are {_listed(paths)}"
            )
        for path in hits:
            found[path].append(rule)
    return found


def _listed(paths: Sequence[str]) -> str:
    more = f", and {len(paths) - 20:,} more" if len(paths) > 20 else ""
    return ", ".join(paths[:20]) + more or "none"
