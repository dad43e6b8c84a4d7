"""Session: runs the checks of one part, each once, and none whose ground is missing."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence

import numpy as np
from attrs import define, field

from nnframe.errors import ConformanceError, NNFrameError
from nnframe.testing.candidate import Candidate
from nnframe.testing.check import Check, NotApplicable
from nnframe.testing.outcome import Outcome, Status
from nnframe.testing.result import PartResult
from nnframe.testing.subject import Subject

__all__ = ["Session"]

HOLDS = (Status.PASSED, Status.SKIPPED)


@define(eq=False)
class Session:
    """The checks of one part, and what became of them so far."""

    candidate: Candidate
    checks: Sequence[Check]
    outcomes: dict[str, Outcome] = field(factory=dict, init=False)
    subject: Subject = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.subject = Subject(self.candidate)

    def run(self) -> PartResult:
        """Run every check."""
        outcomes = [self.outcome(check) for check in self.checks]
        return PartResult(self.subject.label, self.candidate.kind, outcomes, self.subject.shapes)

    def outcome(self, check: Check) -> Outcome:
        """Run a check, and before it those that it builds on; what is known already is not run again."""
        if check.name not in self.outcomes:
            self.outcomes[check.name] = self._blocked(check) or self._ask(check)
        return self.outcomes[check.name]

    def _blocked(self, check: Check) -> Outcome | None:
        for needed in check.needs:
            if self.candidate.kind not in needed.kinds and self.candidate.kind != "part":
                continue
            before = self.outcome(needed)
            if before.status not in HOLDS:
                cause = before.message if before.status is Status.BLOCKED else repr(needed.name)
                return Outcome(check.name, Status.BLOCKED, cause)
        return None

    def _ask(self, check: Check) -> Outcome:
        started = time.perf_counter()
        status, message = self._attempt(check)
        seconds = time.perf_counter() - started
        reason = self.candidate.expected_failures.get(check.name)
        if reason is not None:
            if status is Status.FAILED:
                status, message = Status.EXPECTED, reason
            elif status is Status.PASSED:
                status, message = Status.SURPRISING, f"it passes now, though a failure was expected: {reason}"
        return Outcome(check.name, status, message, seconds)

    def _attempt(self, check: Check) -> tuple[Status, str]:
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                check.ask(self.subject)
        except NotApplicable as reason:
            return Status.SKIPPED, str(reason)
        except ConformanceError as error:
            return Status.FAILED, str(error)
        except Exception as error:
            label = "" if isinstance(error, NNFrameError) else f"{type(error).__name__}: "
            return Status.FAILED, f"{label}{error}"[:1000]
        return Status.PASSED, ""
