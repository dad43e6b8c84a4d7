"""Subject: the part that checks look at, with examples that are found once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from nnframe.errors import ConformanceError
from nnframe.interfaces import Part
from nnframe.interfaces.part import brief
from nnframe.testing.candidate import Candidate
from nnframe.testing.case import Case

__all__ = ["Subject"]


class Subject:
    """A part, and the examples that checks run it on.

    Attributes:
        candidate: What is checked, as its author gave it.

    >>> from nnframe.activations import Tanh
    >>> Subject(Candidate(Tanh)).part
    Tanh()
    """

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate

    @property
    def cls(self) -> type:
        """The class of the part."""
        return self.candidate.cls

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.cls.__qualname__

    @cached_property
    def part(self) -> Any:
        """The part; a class is given options that its kind's examples fit.

        Raises:
            ConformanceError: It cannot be made.
        """
        if isinstance(self.candidate.part, Part):
            return self.candidate.part
        from nnframe.testing.examples.cases import fits
        from nnframe.testing.examples.parts import parts_of

        first: Part | None = None
        for made in parts_of(self.cls):
            if fits(made, self.candidate.inputs):
                return made
            first = first or made
        if first is None:
            raise ConformanceError(f"{self.name} needs options that cannot be guessed: give a part, {self.name}(...)")
        return first

    @cached_property
    def label(self) -> str:
        """The part on one line."""
        try:
            return brief(self.part)
        except Exception:  # whatever is wrong with it, a check says so
            return self.candidate.label

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The examples that the part takes, of one shape or several.

        Raises:
            ConformanceError: There are none.
        """
        from nnframe.testing.examples.cases import cases_of

        return cases_of(self.part, self.candidate.inputs)

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes of the examples, as far as any were found."""
        return tuple(case.label for case in self.__dict__.get("cases", ()))

    def each(self) -> Iterator[tuple[Case, bool]]:
        """Yield every example, in inference and, where the part can tell them apart, in training."""
        for case in self.cases:
            for training in case.modes:
                yield case, training
