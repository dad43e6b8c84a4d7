"""Outcome: what became of one check."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

__all__ = ["Outcome", "Status"]


class Status(StrEnum):
    """What became of one check."""

    PASSED = "passed"
    FAILED = "failed"
    EXPECTED = "expected failure"
    """It failed, and the author said so, with a reason."""
    SURPRISING = "unexpected pass"
    """The author said that it fails, and it does not: the expectation is to be taken out."""
    SKIPPED = "skipped"
    """It does not apply to this part; the message says why."""
    BLOCKED = "not run"
    """A check that it builds on failed; the message says which."""


@frozen
class Outcome:
    """What became of one check.

    Attributes:
        check: The name of the check, a sentence that is true of a good part.
        status: What became of it.
        message: What is wrong, or why it was skipped.
        seconds: How long it took.
    """

    check: str
    status: Status = field(converter=Status)
    message: str = ""
    seconds: float = 0.0

    @property
    def bad(self) -> bool:
        """Whether the part is to be mended, or the expectation."""
        return self.status in (Status.FAILED, Status.SURPRISING)
