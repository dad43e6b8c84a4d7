"""PartResult: what the checks of one part found, as data."""

from __future__ import annotations

import json
from collections.abc import Iterable

import attrs
from attrs import field, frozen

from nnframe.errors import ConformanceError, FileFormatError
from nnframe.testing.outcome import Outcome, Status

__all__ = ["PartResult"]

SCHEMA = 1


def _tuple(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    return tuple(outcomes)


@frozen
class PartResult:
    """What the checks of one part found.

    Attributes:
        part: The part, on one line.
        kind: Its kind.
        outcomes: One for each check of the kind, in the order of the kit.
        inputs: The shapes of the example inputs that it was run on.

    >>> result = PartResult("Tanh()", "activation", (Outcome("is one", "passed"), Outcome("is red", "failed", "blue")))
    >>> print(result)
    Tanh(): 2 of 2 checks ran in 0.00 s, 1 failed
      FAILED 'is red': blue
    """

    part: str
    kind: str
    outcomes: tuple[Outcome, ...] = field(converter=_tuple)
    inputs: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing is to be mended."""
        return not self.failures

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The checks that failed, or passed in spite of what was expected; those they hide are not among them."""
        return tuple(outcome for outcome in self.outcomes if outcome.bad)

    @property
    def root_cause(self) -> Outcome | None:
        """The first of the failures: what to mend first."""
        return next(iter(self.failures), None)

    @property
    def ran(self) -> int:
        """How many checks ran."""
        return sum(outcome.status not in (Status.SKIPPED, Status.BLOCKED) for outcome in self.outcomes)

    @property
    def seconds(self) -> float:
        """How long all checks took together."""
        return sum(outcome.seconds for outcome in self.outcomes)

    def raise_if_failed(self) -> None:
        """Raise an error that says what is wrong, if something is.

        Raises:
            ConformanceError: A check failed.
        """
        if not self.passed:
            raise ConformanceError(str(self))

    def to_json(self) -> str:
        """Return the result as JSON text, with the version of its schema."""
        return json.dumps({"schema": SCHEMA, "passed": self.passed, **attrs.asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> PartResult:
        """Return the result that ``to_json`` wrote.

        Raises:
            FileFormatError: It is no such result, or one from a newer nnframe.
        """
        try:
            data = json.loads(text)
            if data["schema"] > SCHEMA:
                raise FileFormatError(f"the result has schema {data['schema']}: this nnframe reads up to {SCHEMA}")
            return cls(
                data["part"], data["kind"], (Outcome(**outcome) for outcome in data["outcomes"]), tuple(data["inputs"])
            )
        except (ValueError, TypeError, KeyError) as cause:
            if isinstance(cause, FileFormatError):
                raise
            raise FileFormatError(f"expected a result of the conformance kit as JSON: {cause}") from cause

    def __str__(self) -> str:
        from nnframe.testing.text import render

        return render(self)
