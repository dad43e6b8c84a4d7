"""assert_gradients: a test of gradients in one line, whatever they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nnframe.composition import Network
from nnframe.errors import ContractError, GradientError
from nnframe.interfaces import Activation, AnyLayer, Loss
from nnframe.layers.convert import as_layer
from nnframe.testing.attaching import attach
from nnframe.testing.settings import settings
from nnframe.verification import (
    Finding,
    GradientVerifier,
    Verdict,
    VerificationReport,
    verify_gradient,
    verify_layer,
    verify_loss,
    verify_pullback,
)

__all__ = ["assert_gradients"]

LONGEST_HINT = 160


def assert_gradients(
    subject: Any,
    *arguments: Any,
    seed: int | None = None,
    budget: float | None = None,
    undecided: bool = False,
) -> VerificationReport:
    """Verify gradients, and fail with one line for each that is wrong.

    Args:
        subject: What to verify, with what belongs to it: ``model, x, y``; ``layer, x``; ``loss, prediction, target``;
            ``function, parameters, x`` as for ``verify_pullback``; ``f, gradient, at`` as for ``verify_gradient``; or a
            report that was made before.
        seed: Repeats the same verification; None for that of ``--nnframe-seed``, or 0.
        budget: At most so many forwards (int) or seconds (float); None for that of ``--nnframe-budget``.
        undecided: Whether to let pass what could not be decided.

    Returns:
        The report. Under ``--nnframe-reports DIR`` it is written there as well, as JSON and as a web page.

    Raises:
        GradientError: A gradient is wrong, or undecided. It is an AssertionError.
        ContractError: The subject is nothing of the above.

    >>> import numpy as np
    >>> assert_gradients(lambda x: x**2, lambda x: 2 * x, 3.0).passed
    True
    >>> assert_gradients(lambda x: x**2, lambda x: x, 3.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    nnframe.errors.GradientError: 1 of 1 gradients wrong (seed 0)
      input: scale: ...
    """
    __tracebackhide__ = True
    options = settings.get()
    if options is not None:
        seed = options.seed if seed is None else seed
        budget = options.budget if budget is None else budget
    details = options is not None and options.folder is not None
    report = _report(subject, arguments, {"seed": seed or 0, "budget": budget, "details": details})
    if options is not None:
        attach(report, options)
    if report.failed or not (report.passed or undecided):
        raise GradientError(_message(report))
    return report


def _report(subject: Any, arguments: tuple[Any, ...], options: dict[str, Any]) -> VerificationReport:
    match subject, arguments:
        case VerificationReport(), ():
            return subject
        case Network(), (x, y):
            return GradientVerifier(**options).verify(subject, x, y)
        case AnyLayer() | Activation(), (x,):
            return verify_layer(as_layer(subject), x, **options)
        case Loss(), (prediction, target):
            return verify_loss(subject, prediction, target, **options)
        case _, (Mapping() as parameters, x) if callable(subject):
            return verify_pullback(subject, parameters, x, **options)
        case _, (gradient, at) if callable(subject):
            return verify_gradient(subject, gradient, at, **options)
    raise ContractError(
        "expected (model, x, y), (layer, x), (loss, prediction, target), (function, parameters, x), (f, gradient, at) "
        f"or a report, got {type(subject).__name__} and {len(arguments)} more"
    )


def _message(report: VerificationReport) -> str:
    bad = [each for each in report.worst_first() if each.verdict.severity > Verdict.KINK.severity]
    wrong = sum(each.verdict is Verdict.FAIL for each in bad)
    counts = f"{wrong} of {len(report.findings)} gradients wrong" if wrong else f"{len(bad)} gradients undecided"
    return "\n".join([f"{counts} (seed {report.seed})", *(f"  {_line(each)}" for each in bad)])


def _line(finding: Finding) -> str:
    """One line about one gradient: what, why, and the numbers of its worst element."""
    hint = finding.hint if len(finding.hint) <= LONGEST_HINT else finding.hint[: LONGEST_HINT - 1] + "…"
    what = str(finding.cause) if finding.cause is not None else "wrong"
    parts = [finding.path, what if finding.verdict is Verdict.FAIL else "undecided", hint]
    worst = finding.worst
    if worst is not None:
        where = f"[{', '.join(map(str, worst.index))}]" if worst.index else ""
        parts.append(f"analytic{where} {worst.analytic:.6g}, numeric {worst.numeric:.6g} ± {worst.error_bar:.2g}")
    return " ".join(": ".join(part for part in parts if part).split())
