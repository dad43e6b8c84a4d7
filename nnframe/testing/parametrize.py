"""parametrize_with_checks: every check of every part as a test of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from nnframe.interfaces import Part
from nnframe.testing.candidate import Candidate
from nnframe.testing.check import Check
from nnframe.testing.kit import session_of
from nnframe.testing.outcome import Outcome, Status
from nnframe.testing.session import Session

if TYPE_CHECKING:
    from _pytest.mark.structures import MarkDecorator

__all__ = ["BoundCheck", "parametrize_with_checks"]


@frozen(eq=False)
class BoundCheck:
    """One check of one part, to be called in a test."""

    session: Session
    check: Check

    @property
    def label(self) -> str:
        """The part, and the check."""
        return f"{self.session.candidate.label}-{self.check.name}"

    def outcome(self) -> Outcome:
        """Run the check, and before it those that it builds on."""
        return self.session.outcome(self.check)

    def __call__(self) -> None:
        """Run the check in a test: it passes, fails, is skipped, or fails as expected."""
        __tracebackhide__ = True
        import pytest

        outcome = self.outcome()
        if outcome.bad:
            pytest.fail(f"{self.session.subject.label}: {outcome.check!r} failed: {outcome.message}", pytrace=False)
        if outcome.status is Status.EXPECTED:
            pytest.xfail(outcome.message)
        if outcome.status is Status.SKIPPED:
            pytest.skip(outcome.message)
        if outcome.status is Status.BLOCKED:
            pytest.skip(f"not run: {outcome.message} failed")


def parametrize_with_checks(parts: Sequence[Part | type | Candidate]) -> MarkDecorator:
    """Make every check of every part a test of its own, which the argument ``check`` runs.

    Args:
        parts: Parts, classes, or ``Candidate`` where there is more to say: inputs, expected failures, the name.

    >>> from nnframe.activations import Tanh
    >>> @parametrize_with_checks([Tanh()])
    ... def test_it_keeps_the_contract(check):
    ...     check()
    """
    import pytest

    bound = []
    for part in parts:
        session = session_of(part if isinstance(part, Candidate) else Candidate(part))
        bound += [BoundCheck(session, check) for check in session.checks]
    ids: Callable[[Any], str] = lambda check: check.label  # noqa: E731
    return pytest.mark.parametrize("check", bound, ids=ids)
