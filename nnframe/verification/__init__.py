"""The gradient verifier: is a gradient right, where is it wrong, and what is the mistake.

``core`` is the way of one function through it: ``manners`` looks at the pullback without a derivative,
``measure`` takes derivatives and ``judge`` compares them with what the pullback gives, ``findings`` says what
is wrong, and ``nearby`` asks once more at another point. ``subject`` is what is verified, ``report`` what is
said of it, ``numbers`` what all of them count with. ``function``, ``gradient``, ``layer`` and ``verifier``
are the four ways in; ``opinions`` are others' ways to check a gradient, side by side with this one.
"""

from nnframe.verification.function import verify_pullback
from nnframe.verification.gradient import verify_gradient
from nnframe.verification.layer import verify_layer, verify_loss
from nnframe.verification.power import Injection, PowerReport
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Coverage, Finding, Worst
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.report.verdict import Verdict
from nnframe.verification.subject.budget import Budget
from nnframe.verification.verifier import GradientVerifier

__all__ = [
    "Budget",
    "Cause",
    "Coverage",
    "Finding",
    "GradientVerifier",
    "Verdict",
    "Injection",
    "PowerReport",
    "VerificationReport",
    "Worst",
    "verify_gradient",
    "verify_layer",
    "verify_loss",
    "verify_pullback",
]
