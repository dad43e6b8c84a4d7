"""prefer_distributions(): whose part a name means, where a file says so."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

from nnframe.binding import Binding
from nnframe.registry.distribution import canonical

__all__ = ["Preferences", "prefer_distributions", "preferred_distribution"]

Preferences = Mapping[tuple[str, str], str]
"""The name of a distribution by entry-point group and name, as a file spells the name."""

_CURRENT: ContextVar[Preferences | None] = ContextVar("preferences", default=None)


def prefer_distributions(preferences: Preferences) -> Binding[Preferences]:
    """Within this context, take each of these names from its distribution, though others claim it too.

    The other way round too: a description of a part spells the name as it is spelt here.

    >>> with prefer_distributions({("nnframe.activations", "relu"): "nnframe-relu"}):
    ...     preferred_distribution("nnframe.activations", "relu")
    'nnframe-relu'
    """
    return Binding(_CURRENT, {key: canonical(name) for key, name in preferences.items()})


def preferred_distribution(group: str, name: str) -> str | None:
    """Return the canonical name of the distribution that a name is taken from; None where nothing says so."""
    return (_CURRENT.get() or {}).get((group, name))
