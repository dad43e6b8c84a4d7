"""NNFrameError and its family: every error that nnframe raises on purpose.

A message says what was expected, what came and what to do; the location says where. Errors travel outwards
through the combinators, and each of them adds its step to it, so that a reader sees ``encoder.3`` and not ``3``.
"""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import ClassVar, Self

from nnframe.text import LONGEST_LINE, cut, make_printable

__all__ = [
    "warn_user",
    "BrokenPartError",
    "ConfigurationError",
    "ConflictError",
    "ConformanceError",
    "ContractError",
    "DataError",
    "DtypeError",
    "FileFormatError",
    "GradientError",
    "MissingDependencyError",
    "NNFrameError",
    "NNFrameWarning",
    "RegistryError",
    "SaveError",
    "ShapeError",
    "SpecError",
    "UnknownPartError",
    "VerificationError",
]


class NNFrameError(Exception):
    """The root of every error that nnframe raises on purpose.

    Whatever was given, or stood in a file, the message stays readable: the middle of a longer one is left out.

    Args:
        message: What was expected, what came, and what to do next.
        location: Where in the model it happened, as names and indices from the root.

    >>> error = NNFrameError("expected 3 features, got 4").within("weight").within(2)
    >>> print(error)
    at 2.weight: expected 3 features, got 4
    """

    longest: ClassVar[int | None] = 2_000
    """The most characters of a message, and of the location; None where the message is a report."""

    def __init__(self, message: str, *, location: tuple[str | int, ...] = ()) -> None:
        self.message = cut(message, self.longest)
        super().__init__(self.message)
        self.location = location

    def within(self, step: str | int) -> Self:
        """Put one more step in front of the location; returns the same error, to be raised again."""
        self.location = (step, *self.location)
        return self

    def __str__(self) -> str:
        where = cut(".".join(str(step) for step in self.location), self.longest and LONGEST_LINE)
        text = cut(f"at {where}: {self.message}", self.longest) if where else self.message
        return make_printable(text, lines=True)


class ConfigurationError(NNFrameError, ValueError):
    """A part was given an option that it cannot have."""


class ContractError(NNFrameError, TypeError):
    """A part breaks the contract of its kind: its author has to mend it."""


class ShapeError(NNFrameError, ValueError):
    """An array has the wrong shape."""


class DtypeError(NNFrameError, TypeError):
    """An array has the wrong dtype."""


class DataError(NNFrameError, ValueError):
    """Data cannot be used: empty, not finite, or labels out of range."""


class RegistryError(NNFrameError):
    """The registry cannot hand out a part."""


class UnknownPartError(RegistryError, LookupError):
    """No installed distribution registers the name."""


class ConflictError(RegistryError):
    """Two distributions register the same name."""


class BrokenPartError(RegistryError, ImportError):
    """A registered part cannot be imported, or is not what it says."""


class SpecError(NNFrameError, ValueError):
    """A description of a model (a mapping, or a spec file) cannot be understood."""


class FileFormatError(NNFrameError, ValueError):
    """A file is not what it should be: unreadable, truncated, altered, or too new."""


class SaveError(NNFrameError, OSError):
    """A file could not be written; whatever was there before is still there."""


class VerificationError(NNFrameError):
    """A verification could not be run (this says nothing about the gradient)."""


class GradientError(NNFrameError, AssertionError):
    """A verification was run and found a wrong gradient."""

    longest: ClassVar[int | None] = None


class ConformanceError(NNFrameError, AssertionError):
    """A check of the conformance kit found that a part does not keep the contract of its kind."""

    longest: ClassVar[int | None] = None


class MissingDependencyError(NNFrameError, ImportError):
    """An optional package is needed and not installed."""


class NNFrameWarning(UserWarning):
    """Something that nnframe can go on with, and that is probably a mistake."""

    def __str__(self) -> str:
        return make_printable(super().__str__(), lines=True)


def warn_user(message: str) -> None:
    """Warn, and name the line of the user's own code that called nnframe, however deep inside."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to look at the stack
    count = level = 1
    while frame is not None:
        count += 1
        if frame.f_globals.get("__name__", "").partition(".")[0] == "nnframe":
            level = count + 1
        frame = frame.f_back
    warnings.warn(message, NNFrameWarning, stacklevel=level)
