"""Check: one thing that is asked of a part, with a name that says what is true of a good one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from nnframe.testing.subject import Subject

__all__ = ["ALL", "FUNCTIONS", "Check", "NotApplicable", "check"]

ALL = (
    "layer",
    "activation",
    "loss",
    "initializer",
    "optimizer",
    "schedule",
    "regularizer",
    "constraint",
    "metric",
    "callback",
)
"""Every kind of parts."""

FUNCTIONS = ("layer", "activation", "loss")
"""The kinds that are functions with a pullback."""


class NotApplicable(Exception):  # noqa: N818 - it is no error
    """Raised by a check that cannot say anything about a part; its message says why."""


@frozen(eq=False)
class Check:
    """One thing that is asked of a part.

    Attributes:
        name: What is true of a good part: ``"examples are independent"``.
        ask: Looks at a part. It raises what is wrong; anything that the part raises counts as well.
        kinds: The kinds of parts that it is asked of.
        needs: Checks that have to hold before it can say anything: where one of them failed, it is not run.
    """

    name: str
    ask: Callable[[Subject], None] = field(repr=False)
    kinds: tuple[str, ...] = ALL
    needs: tuple[Check, ...] = field(default=(), repr=False)

    @property
    def meaning(self) -> str:
        """What it means, in a sentence or two."""
        return inspect.getdoc(self.ask) or ""


def check(name: str, *needs: Check, kinds: tuple[str, ...] = ALL) -> Callable[[Callable[[Subject], None]], Check]:
    """Make a check of the function below; its docstring says what the check means.

    >>> @check("has a short name")
    ... def short_name(subject):
    ...     '''People have to write it.'''
    ...     assert len(subject.name) < 20
    >>> short_name.meaning
    'People have to write it.'
    """
    return lambda ask: Check(name, ask, kinds, needs)
