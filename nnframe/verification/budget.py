"""Budget: the limits of a verification, and the count of what it has spent."""

from __future__ import annotations

import time

from attrs import define, field

from nnframe.errors import ConfigurationError

__all__ = ["Budget", "BudgetLike", "BudgetSpent", "start_budget"]


class BudgetSpent(Exception):  # noqa: N818 - no mistake: the work ends here, and what is known by then is reported
    """The next call of the function under test would be one more than the budget allows."""


@define
class Budget:
    """How much a verification may spend, in forward evaluations, seconds, or both; and what it has spent.

    It is asked before every call of a function under test, so that nothing runs past it: by no forward, and by no more
    seconds than one call takes.

    Attributes:
        forwards, seconds: The limits.
        started: When the clock was started.
        spent: Forwards so far.
        pullbacks: Calls of pullbacks so far; these are counted, and not limited.
        hurried: A limit in seconds has changed what was looked at, so that another run may look at other things.

    >>> Budget(forwards=100).exhausted(99), Budget(forwards=100).exhausted(100)
    (False, True)
    """

    forwards: float = float("inf")
    seconds: float = float("inf")
    started: float = field(factory=time.perf_counter)
    spent: int = field(default=0, init=False, eq=False)
    pullbacks: int = field(default=0, init=False, eq=False)
    hurried: bool = field(default=False, init=False, eq=False)

    def exhausted(self, forwards: int | None = None) -> bool:
        """Return whether nothing is left after so many forward evaluations; by default those that were counted."""
        return (self.spent if forwards is None else forwards) >= self.forwards or self._is_late()

    def spend_forward(self) -> None:
        """Count a forward that is about to be made.

        Raises:
            BudgetSpent: It would be one too many.
        """
        if self.exhausted():
            raise BudgetSpent
        self.spent += 1

    def spend_pullback(self) -> None:
        """Count a call of a pullback that is about to be made.

        Raises:
            BudgetSpent: There is no time left.
        """
        if self._is_late():
            raise BudgetSpent
        self.pullbacks += 1

    def count_forwards_left(self, seconds_each: float) -> float:
        """Return how many more forwards are allowed, of which each takes some seconds."""
        left = self.forwards - self.spent
        if self.seconds == float("inf"):
            return left
        in_time = self.seconds / max(seconds_each, 1e-9) / 2
        self.hurried = self.hurried or in_time < left
        return min(left, in_time)

    def _is_late(self) -> bool:
        if self.seconds == float("inf") or time.perf_counter() - self.started < self.seconds:
            return False
        self.hurried = True
        return True


BudgetLike = Budget | int | float | None
"""A Budget; a whole number of forward evaluations; seconds, as a float; or None for no limit."""


def start_budget(budget: BudgetLike) -> Budget:
    """Read a budget as users give it; its clock starts now, and nothing of it is spent.

    Raises:
        ConfigurationError: It is no positive number.

    >>> start_budget(500).forwards, start_budget(2.0).seconds
    (500, 2.0)
    """
    if budget is None:
        return Budget()
    if isinstance(budget, Budget):
        return Budget(budget.forwards, budget.seconds)
    if isinstance(budget, bool) or not isinstance(budget, (int, float)) or not budget > 0:
        raise ConfigurationError(f"expected a positive number of forwards or seconds as budget, got {budget!r}")
    return Budget(forwards=budget) if isinstance(budget, int) else Budget(seconds=float(budget))
