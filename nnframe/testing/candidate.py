"""Candidate: a part that is to be checked, and what its author says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from nnframe.errors import ConfigurationError
from nnframe.interfaces import Part
from nnframe.interfaces.part import brief

__all__ = ["Candidate"]


def _reasons(expected: Mapping[str, str]) -> dict[str, str]:
    for check, reason in expected.items():
        if not isinstance(reason, str) or not reason.strip():
            raise ConfigurationError(f"an expected failure needs a reason, and {check!r} has none")
    return dict(expected)


@frozen(eq=False)
class Candidate:
    """A part that is to be checked.

    Attributes:
        part: The part, or its class where options can be guessed or are not needed.
        inputs: Example inputs, each an array or a tuple of arrays; of a loss or metric, tuples (prediction, target).
            By default the kit looks for some that the part takes.
        expected_failures: Names of checks that are known to fail, each with the reason. One that passes is a failure.
        name: The name that the part has to be registered under; by default any, and none is no failure.
        types: Whether mypy is asked as well, which takes seconds.

    >>> from nnframe.layers import Dense
    >>> Candidate(Dense(3)).label
    'Dense(3)'
    """

    part: Part | type
    inputs: Sequence[object] = ()
    expected_failures: Mapping[str, str] = field(factory=dict, converter=_reasons)
    name: str | None = None
    types: bool = False

    @property
    def cls(self) -> type:
        """The class of the part."""
        return self.part if isinstance(self.part, type) else type(self.part)

    @property
    def kind(self) -> str:
        """What kind of part it is."""
        return str(getattr(self.cls, "kind", "part"))

    @property
    def label(self) -> str:
        """The part on one line."""
        if isinstance(self.part, type):
            return self.part.__qualname__
        try:
            return brief(self.part)
        except Exception:  # a part with faulty options still has a class
            return self.cls.__qualname__
