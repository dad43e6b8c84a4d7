"""Verdict: what a verification says about one gradient."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Verdict"]


class Verdict(StrEnum):
    """What is said about one gradient, or about all of them together.

    >>> Verdict.FAIL.severity > Verdict.PASS.severity
    True
    """

    PASS = "PASS"
    """The gradient agrees with the derivative, within a stated error bar."""
    KINK = "KINK"
    """There is no derivative at this point; the gradient lies between the one-sided slopes, as it should."""
    INCONCLUSIVE = "INCONCLUSIVE"
    """Noise in the forward would have hidden even a gradient of zero."""
    FAIL = "FAIL"
    """The gradient is wrong."""

    @property
    def severity(self) -> int:
        """How bad the verdict is: 0 for PASS, 3 for FAIL."""
        return list(Verdict).index(self)
