"""What a part says about what it cannot take."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from nnframe.errors import ConformanceError, NNFrameError
from nnframe.interfaces import Builder
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.examples import forward_follows
from nnframe.testing.subject import Subject

__all__ = ["bad_input", "refuses_other_shapes"]

BAD: tuple[object, ...] = (np.array(1.0), np.array(["text"]), (), (np.zeros((2, 3)), np.zeros((2, 3), bool)))


@check("bad input gets an error of nnframe", forward_follows, kinds=("layer",))
def bad_input(subject: Subject) -> None:
    """Building it on a number, a text, no input or two is refused by an NNFrameError, or it works."""
    for x in BAD:
        try:
            subject.part.build(x, Builder(np.random.default_rng(0)))
        except NNFrameError:
            continue
        except Exception as error:
            raise ConformanceError(
                f"the input {x!r:.60} raises {type(error).__name__}: {error}: say what was expected, with a ShapeError"
            ) from error


@check("refuses a target of another shape", forward_follows, kinds=("loss",))
def refuses_other_shapes(subject: Subject) -> None:
    """A target (batch,) for predictions (batch, 1) is refused: NumPy would subtract each from each."""
    pairs = [(np.asarray(case.x), np.asarray(case.target)) for case in subject.cases]
    alike = [(x, target) for x, target in pairs if x.shape == target.shape and target.dtype.kind == "f"]
    if not alike:
        raise NotApplicable(f"{subject.name} takes targets of other shapes than its predictions")
    x, target = alike[0]
    prediction, flat = cast("Any", x[..., :1]), cast("Any", target[..., 0])
    try:
        subject.part.check(prediction.shape, flat)
        losses, _ = subject.part.forward(prediction, flat)
    except NNFrameError:
        return
    except Exception as error:
        raise ConformanceError(
            f"a target {flat.shape} for predictions {prediction.shape} raises {type(error).__name__}: say it "
            "with a ShapeError"
        ) from error
    if np.shape(losses) != flat.shape:
        raise ConformanceError(
            f"a target {flat.shape} for predictions {prediction.shape} gives losses {np.shape(losses)}: "
            "compare the shapes, and raise a ShapeError"
        )
    raise ConformanceError(f"it takes a target {flat.shape} for predictions {prediction.shape}: raise a ShapeError")
