"""Whether a pullback is a linear function of the upstream gradient, of the right form, that can be called again."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from nnframe.arrays import Array
from nnframe.composition.contract import ContractObserver
from nnframe.errors import ConformanceError
from nnframe.interfaces import LayerRun
from nnframe.testing.case import Case
from nnframe.testing.check import FUNCTIONS, check
from nnframe.testing.checks.own_arrays import parameters_own
from nnframe.testing.checks.replay import replays
from nnframe.testing.subject import Subject
from nnframe.testing.trees import Arrays, close, first_difference, named, random_like

__all__ = ["belongs_to_forward", "called_twice", "contract", "gradients_own", "linear", "unread_input"]


@check("gradients fit what they are gradients of", replays, parameters_own, kinds=FUNCTIONS)
def contract(subject: Subject) -> None:
    """The pullback returns an input gradient of the input's shape and dtype, and a gradient for each parameter.

    The gradient of the parameters has their class; integers have the gradient None.
    """
    observer = ContractObserver()
    for case, training in subject.each():
        context = case.context(training)
        output, pullback = case.forward(training, context=context)
        upstream = random_like(output, np.random.default_rng(0))
        result = pullback(upstream)
        if not isinstance(result, tuple) or len(result) != 2:
            raise ConformanceError(f"the pullback returns {type(result).__name__}, and not (input gradient, gradient)")
        if isinstance(case.parameters, tuple):  # of a structure, which says itself which of its layers is wrong
            _same_forms(named(case.parameters, statistics=False), named(result[1], statistics=False))
        else:
            observer.after_pullback(
                LayerRun((), subject.part, case.parameters, case.x, context, None), upstream, *result
            )


@check("gradients are arrays of their own", contract, kinds=FUNCTIONS)
def gradients_own(subject: Subject) -> None:
    """No gradient is a parameter, or a view of one: a step that moves the parameter would change it.

    An output may be the input itself, and a gradient the upstream gradient.
    """
    for case, training in subject.each():
        parameters = named(case.parameters)
        gradients = case.evaluate(training).gradients
        for (path, gradient), (name, parameter) in itertools.product(gradients.items(), parameters.items()):
            if np.shares_memory(gradient, parameter):
                raise ConformanceError(f"the gradient of {path} is the parameter {name!r} itself, or a view of it")


@check("the pullback can be called twice", contract, kinds=FUNCTIONS)
def called_twice(subject: Subject) -> None:
    """A second call gives the same gradients, and leaves those of the first call as they were: no shared buffer."""
    for case, training in subject.each():
        output, pullback = case.forward(training)
        upstream, other = (random_like(output, np.random.default_rng(seed)) for seed in (0, 1))
        first = _pulled(pullback, upstream)
        kept = {path: array.copy() for path, array in first.items()}
        _pulled(pullback, other)
        path = first_difference(kept, first)
        if path is not None:
            raise ConformanceError(f"a second call writes into the gradient of {path} that the first call gave")
        path = first_difference(kept, _pulled(pullback, upstream))
        if path is not None:
            raise ConformanceError(f"a second call gives another gradient of {path}: start every call from zero")


@check("the pullback belongs to its forward", contract, kinds=FUNCTIONS)
def belongs_to_forward(subject: Subject) -> None:
    """A later forward, at other values, does not change what an earlier pullback gives: nothing is kept outside it."""
    for case, training in subject.each():
        output, pullback = case.forward(training)
        upstream = random_like(output, np.random.default_rng(0))
        before = {path: array.copy() for path, array in _pulled(case.forward(training)[1], upstream).items()}
        output, pullback = case.forward(training)
        kept = {path: array.copy() for path, array in named(output, "output").items()}
        case.other().forward(training)
        path = first_difference(kept, named(output, "output")) or first_difference(before, _pulled(pullback, upstream))
        if path is not None:
            raise ConformanceError(
                f"after another forward, the earlier one has another {path}: keep what the pullback needs in the "
                "pullback"
            )


@check("the pullback is linear in the upstream", gradients_own, called_twice, belongs_to_forward, kinds=FUNCTIONS)
def linear(subject: Subject) -> None:
    """Twice the upstream gives twice the gradients, the sum of two gives the sum: it is a vector-Jacobian product."""
    for case, training in subject.each():
        output, pullback = case.forward(training)
        one, other = (random_like(output, np.random.default_rng(seed)) for seed in (0, 1))
        first, second = _pulled(pullback, one), _pulled(pullback, other)
        _compare(case, _pulled(pullback, _combined(one, one, -3.0, 0.0)), {path: -3 * a for path, a in first.items()})
        summed = {path: array + second[path] for path, array in first.items()}
        _compare(case, _pulled(pullback, _combined(one, other, 1.0, 1.0)), summed)


@check("the input gradient may go unread", called_twice, kinds=("layer",))
def unread_input(subject: Subject) -> None:
    """Where ``context.input_gradient`` is false, the gradients of the parameters are the same."""
    for case in subject.cases:
        context = case.context(True, input_gradient=False)
        read, unread = (
            named(e.gradient, statistics=False) for e in (case.evaluate(True), case.evaluate(True, context=context))
        )
        for path, array in read.items():
            if path not in unread or not close(array, unread[path]):
                raise ConformanceError(f"the gradient of {path} is another one where nobody reads that of the input")


def _same_forms(parameters: Arrays, gradients: Arrays) -> None:
    for path, array in parameters.items():
        its = gradients.get(path)
        if its is None or (its.shape, its.dtype) != (array.shape, array.dtype):
            raise ConformanceError(f"the gradient of {path} is not {array.dtype} {array.shape}, as the parameter is")


def _pulled(pullback: object, upstream: object) -> Arrays:
    dx, gradient = pullback(upstream)  # type: ignore[operator]
    return named(gradient, statistics=False) | named(dx, "input")


def _combined(one: object, other: object, factor: float, share: float) -> object:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(_combined(a, b, factor, share) for a, b in zip(one, other, strict=True))
    first, second = np.asarray(one), np.asarray(other)
    return np.asarray(first * first.dtype.type(factor) + second * first.dtype.type(share))


def _compare(case: Case, found: Arrays, expected: Mapping[str, Array]) -> None:
    largest = max((float(np.abs(array).max()) for array in expected.values() if array.size), default=0.0)
    for path, array in expected.items():
        if not close(array, found[path], largest):
            raise ConformanceError(
                f"the gradient of {path} is not linear in the upstream gradient at {case.label}: it is a product "
                "with it, "
                "and nothing is added or clipped"
            )
