"""Rules by path pattern: which parameters are regularized, constrained, or frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from textwrap import shorten
from typing import TypeVar

from nnframe.errors import ConfigurationError

__all__ = ["matching"]

R = TypeVar("R")


def matching(rules: Mapping[str, R], paths: Sequence[str], what: str) -> dict[str, list[R]]:
    """Return the rules that apply to each path, in the order given.

    Args:
        rules: By pattern: ``*`` stands for anything, as in ``"encoder.*.weight"``.
        paths: All paths there are.
        what: The name of the option, for the error.

    Raises:
        ConfigurationError: A pattern matches no path.

    >>> matching({"*.weight": "l2"}, ["0.weight", "0.bias"], "regularizers")
    {'0.weight': ['l2'], '0.bias': []}
    """
    found: dict[str, list[R]] = {path: [] for path in paths}
    for pattern, rule in rules.items():
        hits = [path for path in paths if fnmatchcase(path, pattern)]
        if not hits:
            raise ConfigurationError(
                f"{what}: the pattern {pattern!r:.60} matches no parameter; there are "
                f"{shorten(', '.join(paths), 300, placeholder=' ...') or 'none'}"
            )
        for path in hits:
            found[path].append(rule)
    return found
