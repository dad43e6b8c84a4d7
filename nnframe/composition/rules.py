"""Rules by path pattern: which parameters are regularized, constrained, or frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeVar

from nnframe.errors import ConfigurationError
from nnframe.interfaces import Part
from nnframe.registry import Kind
from nnframe.text import list_names, quote

__all__ = ["matching", "resolve_rules"]

P = TypeVar("P", bound=Part)
R = TypeVar("R")

_LONGEST_PATTERN = 1_000
"""To compile a longer one would take seconds."""

_MOST_COMPARISONS = 1_000_000
"""Patterns times paths: a file may hold any number of both."""


def resolve_rules(rules: object, kind: Kind[P]) -> dict[str, P]:
    """Return the parts of one kind by path pattern; a part may be given by name, or as a description.

    Raises:
        ConfigurationError: It is no mapping.
        SpecError, RegistryError: A rule is no part of the kind.

    >>> from nnframe import registry
    >>> resolve_rules({"*.weight": "l2"}, registry.regularizers)
    {'*.weight': L2(strength=0.01)}
    """
    if rules is not None and not isinstance(rules, Mapping):
        raise ConfigurationError(
            f"{kind.plural} expects a mapping from paths to parts, such as {{'*.weight': ...}}, got {quote(rules)}"
        )
    return {pattern: kind.resolve(rule) for pattern, rule in (rules or {}).items()}


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
                f"{what}: a pattern is a text of at most {_LONGEST_PATTERN} characters, and this is {quote(pattern)}"
            )
        hits = [path for path in paths if fnmatchcase(path, pattern)]
        if not hits:
            raise ConfigurationError(
                f"{what}: the pattern {quote(pattern)} matches no parameter; there are {list_names(paths) or 'none'}"
            )
        for path in hits:
            found[path].append(rule)
    return found
