"""What the mistake is: hypotheses about a wrong gradient, each tested against its numbers before it is named."""

from nnframe.verification.findings.hypotheses.case import Case, Explanation
from nnframe.verification.findings.hypotheses.diagnosis import diagnose

__all__ = ["Case", "Explanation", "diagnose"]
