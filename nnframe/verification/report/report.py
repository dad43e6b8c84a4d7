"""VerificationReport: everything that a verification found, as data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from attrs import field, frozen

from nnframe.errors import GradientError
from nnframe.verification.report.finding import Finding
from nnframe.verification.report.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

__all__ = ["VerificationReport"]


def _findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(findings)


@frozen
class VerificationReport:
    """What a verification found: one finding for each gradient, and for each thing seen before any gradient.

    Args:
        findings: In the order of the walk.
        relative_difference: ``‖a − n‖ / (‖a‖ + ‖n‖)`` over all gradients together.
        seed: Repeats the same verification.
        forwards: How many forward evaluations were spent.
        pullbacks: How many pullbacks were called.
        seconds: How long it took.
        notes: Sentences about the whole: what was left out, and why.

    >>> report = VerificationReport((Finding("weight", Verdict.PASS), Finding("bias", Verdict.FAIL)))
    >>> report.verdict, report.passed, report.failed
    (<Verdict.FAIL: 'FAIL'>, False, True)
    """

    findings: tuple[Finding, ...] = field(converter=_findings)
    relative_difference: float | None = None
    seed: int = 0
    forwards: int = 0
    pullbacks: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all findings; PASS where there is none."""
        return max((each.verdict for each in self.findings), key=lambda each: each.severity, default=Verdict.PASS)

    @property
    def passed(self) -> bool:
        """Whether every finding is PASS or KINK."""
        return self.verdict in (Verdict.PASS, Verdict.KINK)

    @property
    def failed(self) -> bool:
        """Whether some finding is FAIL."""
        return self.verdict is Verdict.FAIL

    def __getitem__(self, path: str) -> Finding:
        for each in self.findings:
            if each.path == path:
                return each
        raise KeyError(f"no finding for {path!r}; there are {', '.join(each.path for each in self.findings)}")

    def worst_first(self) -> tuple[Finding, ...]:
        """The findings, wrong ones first, then by distance in error bars."""

        def key(finding: Finding) -> tuple[int, float]:
            worst = finding.worst
            bars = 0.0 if worst is None or worst.error_bar <= 0 else worst.error / worst.error_bar
            return -finding.verdict.severity, -bars

        return tuple(sorted(self.findings, key=key))

    def raise_if_failed(self) -> None:
        """Raise an error that says what is wrong, if something is.

        Raises:
            GradientError: When some finding is FAIL.
        """
        if self.failed:
            raise GradientError(f"the gradient is wrong\n{self}")

    def to_json(self) -> str:
        """The report as JSON text, with the version of its schema; floats survive to the last bit."""
        from nnframe.verification.report.json import dump

        return dump(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The report that ``to_json`` wrote.

        Raises:
            FileFormatError: It is no such report, it is damaged, or it is from a newer schema; the message says where.
        """
        from nnframe.verification.report.json import load

        return load(text, cls)

    def to_html(self, title: str = "Gradients") -> str:
        """The report as one HTML page that needs nothing else; with pictures where ``details`` were asked for."""
        from nnframe.verification.report.html import to_html

        return to_html(self, title)

    def plot(self, most: int = 4) -> Figure:
        """A matplotlib figure of the worst gradients: heatmap, error over the step, the function with its tangent.

        Args:
            most: How many gradients to draw.

        Raises:
            VerificationError: The report has no details: verify with ``details=True``.
            MissingDependencyError: matplotlib is not installed.
        """
        from nnframe.verification.report.plot import plot_report

        return plot_report(self, most)

    def __str__(self) -> str:
        from nnframe.verification.report.text import render

        return render(self)

    def _repr_html_(self) -> str:
        from nnframe.verification.report.html import to_fragment

        return to_fragment(self)

    def __rich__(self) -> RenderableType:
        from nnframe.verification.report.terminal import renderable

        return renderable(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("..." if cycle else str(self))
