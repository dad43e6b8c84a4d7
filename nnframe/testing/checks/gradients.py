"""Whether the gradients are right: the gradient verifier's verdict."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.interfaces import Activation, AnyLayer, AnyResult, Builder, Context, Loss, Part
from nnframe.testing.case import Case
from nnframe.testing.check import FUNCTIONS, NotApplicable, check
from nnframe.testing.checks.arguments import leaves_arguments
from nnframe.testing.checks.pullback import linear
from nnframe.testing.subject import Subject
from nnframe.verification import Verdict, VerificationReport, verify_layer, verify_loss

__all__ = ["gradients_right", "verify_case"]


@check("gradients are right", leaves_arguments, linear, kinds=FUNCTIONS)
def gradients_right(subject: Subject) -> None:
    """The GradientVerifier agrees with every gradient, in both modes; where it does not, it says what the mistake is.

    A part whose pullback is on purpose no derivative says so by the property ``straight_through``.
    """
    if getattr(subject.part, "straight_through", False):
        raise NotApplicable(f"{subject.name} declares straight_through")
    for case, training in subject.each():
        report = verify_case(subject.part, case, training)
        if report.failed:
            mode = "training" if training else "inference"
            raise ConformanceError(f"at an input {case.label} in {mode}, {describe_mistakes(report)}")


def verify_case(part: Part, case: Case, training: bool) -> VerificationReport:
    """Verify a part at an example, with the same random numbers in every forward."""
    if isinstance(part, Loss):
        return verify_loss(cast("Loss[object]", part), cast("Any", case.x), case.target)
    if isinstance(part, Activation):
        from nnframe.layers import Activation as ActivationLayer

        return verify_layer(ActivationLayer(part), case.x)
    layer = cast("AnyLayer", part)
    return verify_layer(View(layer, training), case.x, parameters=case.parameters)


def describe_mistakes(report: VerificationReport) -> str:
    """Write every wrong gradient with its cause, a line each."""
    lines = []
    for finding in report.worst_first():
        if finding.verdict is Verdict.FAIL:
            cause = f" ({finding.cause.value})" if finding.cause else ""
            lines.append(f"{finding.path}{cause}: {finding.hint or 'the gradient is wrong'}")
    return "\n".join(lines)


@frozen
class View(AnyLayer):
    """A layer as the verifier takes it: in the mode that is asked for, with several outputs laid into one array."""

    layer: AnyLayer
    training: bool

    @property
    def children(self) -> tuple[tuple[str | int, AnyLayer], ...]:
        return self.layer.children

    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        return self.layer.build(x, builder)

    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        if not self.training:
            context = Context(observer=context.observer, path=context.path)
        output, pullback = self.layer.run(parameters, x, context)
        if not isinstance(output, tuple):
            return output, pullback
        members = cast("tuple[Array, ...]", output)
        ends = np.cumsum([member.size for member in members])[:-1]

        def pull(upstream: object) -> tuple[object, object]:
            parts = np.split(cast("Array", upstream), ends)
            return pullback(tuple(part.reshape(each.shape) for part, each in zip(parts, members, strict=True)))

        return np.concatenate([member.reshape(-1) for member in members]), pull
