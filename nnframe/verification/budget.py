"""Budget: how much a verification may spend."""

from __future__ import annotations

import time

from attrs import define, field

from nnframe.errors import ConfigurationError

__all__ = ["Budget", "BudgetLike", "budget_of"]


@define
class Budget:
    """How much a verification may spend: forward evaluations, seconds, or both.

    >>> Budget(forwards=100).exhausted(99), Budget(forwards=100).exhausted(100)
    (False, True)
    """

    forwards: float = float("inf")
    seconds: float = float("inf")
    started: float = field(factory=time.perf_counter)

    def exhausted(self, forwards: int) -> bool:
        """Whether nothing is left after so many forward evaluations."""
        return forwards >= self.forwards or (
            self.seconds < float("inf") and time.perf_counter() - self.started >= self.seconds
        )


BudgetLike = Budget | int | float | None
"""A Budget; a whole number of forward evaluations; seconds, as a float; or None for no limit."""


def budget_of(budget: BudgetLike) -> Budget:
    """Read a budget as users give it.

    >>> budget_of(500).forwards, budget_of(2.0).seconds
    (500, 2.0)
    """
    if budget is None:
        return Budget()
    if isinstance(budget, Budget):
        return Budget(budget.forwards, budget.seconds)
    if isinstance(budget, bool) or not budget > 0:
        raise ConfigurationError(f"expected a positive number of forwards or seconds as budget, got {budget!r}")
    return Budget(forwards=budget) if isinstance(budget, int) else Budget(seconds=float(budget))
