"""cases_of(): examples that a part with a pullback takes, or why it takes none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np

from nnframe.errors import ConformanceError, NNFrameError
from nnframe.interfaces import NO_PARAMETERS, Activation, AnyLayer, Builder, Context, Layer, Loss, Part
from nnframe.testing.case import Case
from nnframe.testing.examples.inputs import classes_of_inputs, pairs
from nnframe.testing.trees import close, copied, named

__all__ = ["ForwardError", "cases_of", "fits"]

ENOUGH = 3


class ForwardError(ConformanceError):
    """``initialize`` took an example input, and ``forward`` did not."""


def fits(part: Part, inputs: Sequence[object] = ()) -> bool:
    """Whether examples are found that a part takes; true of kinds that take none."""
    if not isinstance(part, AnyLayer | Activation | Loss):
        return True
    try:
        return bool(cases_of(part, inputs))
    except NNFrameError:
        return False


def cases_of(part: Part, inputs: Sequence[object] = ()) -> tuple[Case, ...]:
    """Return a part at example inputs that it takes: those given, or up to three that are found.

    Raises:
        ConformanceError: An input that was given is not taken, or none was found.

    >>> from nnframe.layers import Flatten
    >>> [case.label for case in cases_of(Flatten())]
    ['(5, 4)', '(5, 7, 4)', '(5, 6, 8, 4)']
    """
    if inputs:
        return tuple(_case(part, x) for x in inputs)
    found: list[Case] = []
    reasons: list[Exception] = []
    for form in _forms(part):
        contradiction: ForwardError | None = None
        before = len(found)
        for x in form:
            try:
                case = _case(part, copied(x))
                if _is_real(case) and (case.real or not found):
                    found.append(case)
                    break
            except ForwardError as error:
                contradiction = error
                reasons.append(error)
            except Exception as error:  # whatever a part does with what is not for it
                reasons.append(error)
        if len(found) > before and contradiction and named(found[-1].parameters):
            raise contradiction  # of inputs of one form it takes some, by accident
        if len(found) == ENOUGH:
            break
    if not found:
        raise _none_fits(part, reasons)
    return tuple(case for case in found if treats_as_batch(part, case)) or tuple(found)


def treats_as_batch(part: Part, case: Case) -> bool:
    """Whether a part treats an example input as it should be: what it only takes by accident says nothing about it."""
    independent = getattr(part, "batch_independent", True)
    try:
        together = named(case.forward(training=False)[0])
        alone = named(case.examples([0]).forward(training=False)[0])
        for path, array in together.items():
            if len(array) != case.batch or (
                independent and not close(array[:1], alone[path], float(np.abs(array).max()))
            ):
                return False
        gradient = case.evaluate(case.modes[-1]).gradient
    except Exception:  # a check says what is wrong, if nothing better is found
        return False
    shapes = {path: array.shape for path, array in named(case.parameters, statistics=False).items()}
    return shapes == {path: array.shape for path, array in named(gradient, statistics=False).items()}


def _is_real(case: Case) -> bool:
    return all(
        array.dtype.kind == "f"
        for array in named(case.forward(False, context=Context(rng=np.random.default_rng(0)))[0]).values()
    )


def _forms(part: Part) -> Iterator[list[object]]:
    return ([pair] for pair in pairs()) if isinstance(part, Loss) else classes_of_inputs()


def _none_fits(part: Part, reasons: list[Exception]) -> ConformanceError:
    name = type(part).__qualname__
    later = [reason for reason in reasons if isinstance(reason, ForwardError)]
    if later:
        return later[0]
    reason = f" ({type(reasons[0]).__name__}: {reasons[0]})" if reasons else ""
    return ConformanceError(
        f"{name} takes none of the example inputs{reason}: "
        f"give one that it takes, check_part({name}(...), inputs=[...])"
    )


def _case(part: Part, x: object) -> Case:
    if isinstance(part, Loss):
        return _loss_case(cast("Loss[object]", part), cast("tuple[Any, object]", x))
    if isinstance(part, Activation):
        case = Case(lambda _, x, target, context: _activated(part, x), NO_PARAMETERS, x)
        case.forward(training=False)
        return case
    return _layer_case(cast("AnyLayer", part), x)


def _activated(part: Activation, x: object) -> tuple[object, Any]:
    output, pull = part.forward(cast("Any", x))
    return output, lambda upstream: (pull(cast("Any", upstream)), NO_PARAMETERS)


def _loss_case(part: Loss[object], pair: tuple[Any, object]) -> Case:
    prediction, target = pair
    part.check(prediction.shape, target)

    def run(parameters: object, x: object, target: object, context: Context) -> tuple[object, Any]:
        losses, pull = part.forward(cast("Any", x), target)
        return losses, lambda upstream: (pull(cast("Any", upstream)), NO_PARAMETERS)

    case = Case(run, NO_PARAMETERS, prediction, target)
    losses, _ = case.forward(training=False)
    if not np.isfinite(losses).all():
        raise ConformanceError(f"the losses are not finite at {case.label}")
    return case


def _layer_case(part: AnyLayer, x: object) -> Case:
    def initialize(x: object, seed: int) -> object:
        rng = np.random.default_rng(seed)
        return part.build(x, Builder(rng, context=Context(rng=np.random.default_rng(seed))))[0]

    fresh = part.initialize(cast("Any", x), np.random.default_rng(0)) if isinstance(part, Layer) else None
    shapes = " and ".join(str(array.shape) for array in named(x).values())
    try:
        parameters = initialize(x, 0)
    except NNFrameError as error:
        if not isinstance(part, Layer) or error.__cause__ is None:
            raise
        raise ForwardError(f"initialize takes an input {shapes}, and forward does not: {error.message}") from error
    return Case(
        lambda parameters, x, target, context: part.run(parameters, x, context),
        parameters if fresh is None else fresh,
        x,
        modes=(False, True),
        initialize=initialize,
    )
