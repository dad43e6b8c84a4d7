"""Whether a part computes in the precision that it is given."""

from __future__ import annotations

from nnframe.errors import ConformanceError
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.pullback import contract
from nnframe.testing.subject import Subject
from nnframe.testing.trees import named

__all__ = ["keeps_dtype"]


@check("keeps float32 and float64", contract, kinds=FUNCTIONS)
def keeps_dtype(subject: Subject) -> None:
    """Outputs, gradients and statistics have the dtype of input and parameters.

    NumPy promotes float32 without a word at np.sqrt(2), np.zeros(n) and rng.normal(size=n): use math.sqrt, and name
    dtypes.
    """
    for case, training in subject.each():
        for dtype in ("float64", "float32"):
            cast = case.cast(dtype)
            context = cast.context(training)
            done = cast.evaluate(training, context=context)
            for path, array in (done.outputs | done.gradients).items():
                if array.dtype != dtype:
                    what = path if path.startswith("output") else f"the gradient of {path}"
                    raise ConformanceError(
                        f"in {dtype}, {what} is {array.dtype}: name the dtypes of constants and arrays"
                    )
            for _, new in context.recorded:
                for path, array in named(new).items():
                    if array.dtype != dtype:
                        raise ConformanceError(f"in {dtype}, the statistic {path!r} is recorded as {array.dtype}")
