"""The gradient verifier: is a gradient right, where is it wrong, and what is the mistake.

``pipeline`` is the way of one function through it. ``preconditions`` look at the pullback without a derivative;
``sparsity`` finds what can be moved together; ``numerical`` takes derivatives with error bars; ``comparison`` holds
the gradients against them; ``checks`` ask at other points, in other precision, and for the whole; ``diagnosis`` names
the mistake and makes the finding. ``function`` is what is verified, ``report`` what is said of it, ``floats`` what all
of them count with. ``verify_pullback``, ``verify_gradient``, ``verify_layer`` and ``verifier`` are the ways in;
``crosschecks`` are others' ways to check a gradient, side by side with this one.

Where something new belongs: a hypothesis about a mistake into ``diagnosis.diagnose.HYPOTHESES``; a precondition into
``preconditions.preconditions.check_preconditions``; a tolerance into the table of ``floats.tolerance``; a way to move
elements into ``numerical.perturbation``, and who takes it, into ``comparison.strategy``.
"""

from nnframe.verification.budget import Budget
from nnframe.verification.fault_injection import Injection, PowerReport
from nnframe.verification.report.cause import Cause
from nnframe.verification.report.finding import Coverage, Finding, Worst
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.report.verdict import Verdict
from nnframe.verification.verifier import GradientVerifier
from nnframe.verification.verify_gradient import verify_gradient
from nnframe.verification.verify_layer import verify_layer, verify_loss
from nnframe.verification.verify_pullback import verify_pullback
from nnframe.verification.visitor import GradientVisitor

__all__ = [
    "Budget",
    "Cause",
    "Coverage",
    "Finding",
    "GradientVerifier",
    "GradientVisitor",
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
