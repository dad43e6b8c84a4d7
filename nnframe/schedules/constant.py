"""Constant: always the same."""

from __future__ import annotations

import attrs
from attrs import frozen

from nnframe.checks import not_negative
from nnframe.interfaces import Progress, Schedule

__all__ = ["Constant"]


@frozen
class Constant(Schedule):
    """η = rate.

    Args:
        rate: η.

    >>> Constant(0.1)(Progress(step=1000))
    0.1
    """

    rate: float = attrs.field(validator=not_negative)

    def __call__(self, progress: Progress) -> float:
        return self.rate
