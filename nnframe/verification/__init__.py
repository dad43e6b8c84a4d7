"""The gradient verifier: is a gradient right, where is it wrong, and what is the mistake."""

from nnframe.verification.budget import Budget
from nnframe.verification.cause import Cause
from nnframe.verification.finding import Coverage, Finding, Worst
from nnframe.verification.function import verify_pullback
from nnframe.verification.gradient import verify_gradient
from nnframe.verification.layer import verify_layer, verify_loss
from nnframe.verification.power import Injection, PowerReport
from nnframe.verification.report import VerificationReport
from nnframe.verification.verdict import Verdict
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
