"""Advice: one piece of advice, and what was seen when it was followed; as plain data."""

from __future__ import annotations

import json
from enum import StrEnum

from attrs import asdict, field, frozen

from nnframe.text import make_printable

__all__ = ["Advice", "AdviceReport", "Status"]

SCHEMA = 1


class Status(StrEnum):
    """What became of a piece of advice."""

    FINE = "fine"
    """What was seen is as it should be."""
    LOOK = "look"
    """Something to look at."""
    SKIPPED = "skipped"
    """It does not apply here."""


@frozen
class Advice:
    """One piece of advice, and what was seen.

    Attributes:
        name: The advice, as an order.
        status: Whether what was seen is as it should be.
        saw: What was seen, in a sentence, with numbers.
        numbers: The same numbers, for programs.

    >>> print(Advice("use few examples", Status.FINE, "8 examples"))
    fine     use few examples: 8 examples
    """

    name: str
    status: Status
    saw: str
    numbers: dict[str, float] = field(factory=dict)

    def __str__(self) -> str:
        return make_printable(f"{self.status:<8} {self.name}: {self.saw}")


@frozen
class AdviceReport:
    """Every piece of advice, in the order in which it is given.

    >>> AdviceReport((Advice("use few examples", Status.FINE, "8 examples"),)).fine
    True
    """

    advice: tuple[Advice, ...]
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether there is nothing to look at."""
        return all(each.status is not Status.LOOK for each in self.advice)

    def __getitem__(self, name: str) -> Advice:
        for each in self.advice:
            if each.name == name:
                return each
        raise KeyError(f"no advice {name!r}; there is {', '.join(each.name for each in self.advice)}")

    def to_json(self) -> str:
        """The report as JSON text, with the version of its schema."""
        return json.dumps({"schema": SCHEMA, "fine": self.fine, **asdict(self)}, indent=2)

    def __str__(self) -> str:
        return "\n".join(map(str, self.advice))
