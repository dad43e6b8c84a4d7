"""What a part does in training and in inference."""

from __future__ import annotations

from typing import Any, cast

import attrs
import numpy as np

from nnframe.errors import ConfigurationError, ConformanceError
from nnframe.interfaces import Context, is_statistic
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.examples import forward_follows
from nnframe.testing.subject import Subject

__all__ = ["both_modes", "no_randomness", "statistics_recorded"]


@check("runs in training and in inference", forward_follows, kinds=("layer",))
def both_modes(subject: Subject) -> None:
    """Forward runs in both modes, and gives outputs of one shape in both."""
    for case in subject.cases:
        shapes = []
        for training in case.modes:
            context = Context(training=training, rng=np.random.default_rng(0))
            try:
                output, _ = case.forward(training, context=context)
            except Exception as error:
                mode = "training" if training else "inference"
                raise ConformanceError(
                    f"in {mode}, an input {case.label} raises {type(error).__name__}: {error}"
                ) from error
            shapes.append(np.shape(output) if not isinstance(output, tuple) else tuple(map(np.shape, output)))
        if len(set(shapes)) > 1:
            raise ConformanceError(f"the output has shape {shapes[0]} in inference and {shapes[1]} in training")


@check("inference draws no random numbers", both_modes, kinds=("layer",))
def no_randomness(subject: Subject) -> None:
    """Predictions are the same every time: a part draws random numbers only when ``context.training`` is true."""
    for case in subject.cases:
        try:
            case.forward(training=False)
        except ConfigurationError as error:
            raise ConformanceError(f"in inference it asks for random numbers: {error}") from error


@check("statistics are recorded in training only", no_randomness, kinds=("layer",))
def statistics_recorded(subject: Subject) -> None:
    """``context.record`` is called in training only, with the parameters it was given and new ones of their form."""
    recorded = 0
    for case, training in subject.each():
        context = case.context(training)
        case.forward(training, context=context)
        if context.recorded and not training:
            raise ConformanceError("it records statistics in inference, where a model is not to change")
        for old, new in context.recorded:
            recorded += 1
            _compare(old, new)
    if not recorded:
        raise NotApplicable(f"{subject.name} has no running statistics")


def _compare(old: object, new: object) -> None:
    if type(old) is not type(new):
        raise ConformanceError(f"recorded are a {type(new).__name__} for a {type(old).__name__}")
    fields: tuple[attrs.Attribute[Any], ...] = attrs.fields(cast("type[attrs.AttrsInstance]", type(old)))
    for field in fields:
        before, after = getattr(old, field.name), getattr(new, field.name)
        if not is_statistic(field) and before is not after:
            raise ConformanceError(f"it records {field.name!r}, which is no statistic: the optimizer moves that")
        if is_statistic(field) and (before.shape, before.dtype) != (after.shape, after.dtype):
            raise ConformanceError(
                f"the statistic {field.name!r} is {before.dtype} {before.shape}, and recorded was "
                f"{after.dtype} {after.shape}"
            )
