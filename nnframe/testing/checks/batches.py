"""What a part does with one example, with many, and with none."""

from __future__ import annotations

from typing import cast

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.testing.check import FUNCTIONS, NotApplicable, check
from nnframe.testing.checks.examples import forward_follows
from nnframe.testing.checks.replay import replays
from nnframe.testing.subject import Subject
from nnframe.testing.trees import named

__all__ = ["batch_sizes", "empty_batch", "one_loss_each", "parameters_without_batch"]


@check("parameters do not depend on the batch", replays, kinds=("layer",))
def parameters_without_batch(subject: Subject) -> None:
    """Initialize makes parameters of the same shapes for one example and for many."""
    for case in subject.cases:
        one, many = (named(case.initialize(part.x, 0)) for part in (case.examples([0]), case))
        for path, array in many.items():
            if path not in one or one[path].shape != array.shape:
                raise ConformanceError(f"the parameter {path!r} has another shape for another number of examples")
    if not named(subject.cases[0].parameters):
        raise NotApplicable(f"{subject.name} has no parameters")


@check("one loss for each example", forward_follows, kinds=("loss",))
def one_loss_each(subject: Subject) -> None:
    """The losses have the shape of the prediction without its features: weights, masks and the mean are the model's."""
    for case in subject.cases:
        losses, prediction = np.asarray(case.forward(training=False)[0]), np.shape(cast("Array", case.x))
        if losses.ndim == 0:
            raise ConformanceError(
                "forward gives one number: give one loss for each example, and let the model take the mean"
            )
        if losses.shape != prediction[: losses.ndim] or losses.ndim >= max(len(prediction), 2):
            raise ConformanceError(
                f"for predictions {prediction} the losses have shape {losses.shape}, not {prediction[:-1]}"
            )


@check("takes one example, and many", parameters_without_batch, one_loss_each, replays, kinds=FUNCTIONS)
def batch_sizes(subject: Subject) -> None:
    """The batch stands in front: as many examples come out as go in, each of the same shape."""
    for case, training in subject.each():
        shapes = set()
        for order in ([0], list(range(case.batch)), [*range(case.batch), 0, 1, 0]):
            outputs = named(case.examples(order).forward(training)[0])
            for output in outputs.values():
                if output.shape[:1] != (len(order),):
                    raise ConformanceError(
                        f"for {len(order)} examples of {case.label} the output has shape {output.shape}: "
                        "the batch stands in front"
                    )
            shapes.add(tuple(output.shape[1:] for output in outputs.values()))
        if len(shapes) > 1:
            raise ConformanceError(f"the shape of one output depends on the number of examples: {sorted(shapes)}")


@check("takes an empty batch in inference", batch_sizes, kinds=FUNCTIONS)
def empty_batch(subject: Subject) -> None:
    """No example gives no output, of the right shape: data that are filtered may leave nothing over."""
    for case in subject.cases:
        try:
            output, _ = case.examples([]).forward(training=False)
        except Exception as error:
            raise ConformanceError(f"an empty batch of {case.label} raises {type(error).__name__}: {error}") from error
        shapes = [array.shape[1:] for array in named(case.forward(training=False)[0]).values()]
        for array, shape in zip(named(output).values(), shapes, strict=True):
            if array.shape != (0, *shape):
                raise ConformanceError(f"an empty batch of {case.label} gives shape {array.shape}, not {(0, *shape)}")
