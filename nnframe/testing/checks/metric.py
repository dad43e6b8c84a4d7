"""What is asked of metrics."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.interfaces import Batch, Metric
from nnframe.testing.check import NotApplicable, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.examples.inputs import pairs
from nnframe.testing.subject import Subject

__all__ = ["metric_batches", "metric_counted", "metric_merge", "metric_number", "metric_pure", "metric_weights"]

KIND = ("metric",)


def _examples(subject: Subject) -> list[tuple[Any, Any]]:
    """Return up to three pairs of predictions and targets that the metric takes."""
    given: Sequence[Any] = subject.candidate.inputs
    if given:
        return list(given)
    taken: list[tuple[Any, Any]] = []
    reasons: list[Exception] = []
    for prediction, target in pairs():
        try:
            value = _measured(subject, [(prediction, target, None)])
        except Exception as error:  # whatever a part does with what is not for it
            reasons.append(error)
            continue
        if isinstance(value, float) and math.isfinite(value):
            taken.append((prediction, target))
    if not taken and reasons:
        raise ConformanceError(
            f"it takes none of the example predictions and targets ({type(reasons[0]).__name__}: {reasons[0]}): "
            "give some, inputs=[(prediction, target)]"
        )
    return taken[:3]


def _measured(subject: Subject, batches: Sequence[tuple[Any, Any, Any]]) -> object:
    state = subject.part.start()
    for batch in batches:
        state = subject.part.update(state, *batch)
    return subject.part.value(state)


@check("its value is one number", is_part, kinds=KIND)
def metric_number(subject: Subject) -> None:
    """For predictions and targets of some form it gives a finite float."""
    if not _examples(subject):
        prediction, target = next(pairs())
        value = _measured(subject, [(prediction, target, None)])
        raise ConformanceError(f"its value is {value!r:.60}, not one finite float: write float(...)")


@check("leaves predictions and targets alone", metric_number, kinds=KIND)
def metric_pure(subject: Subject) -> None:
    """A measure looks and does not touch; measured again, from a new start, the value is the same."""
    for prediction, target in _examples(subject):
        before = copy.deepcopy((prediction, target))
        first, again = (_measured(subject, [(prediction, target, None)]) for _ in range(2))
        if not all(np.array_equal(one, other) for one, other in zip(before, (prediction, target), strict=True)):
            raise ConformanceError("update writes into predictions or targets: compute a new array")
        if first != again:
            raise ConformanceError(
                f"measured again it gives {again}, after {first}: start must make a new state each time"
            )


@check("does not depend on the batches", metric_pure, kinds=KIND)
def metric_batches(subject: Subject) -> None:
    """The value after the last batch is the value on all data at once, however they were cut, in any order."""
    for prediction, target in _examples(subject):
        whole = _measured(subject, [(prediction, target, None)])
        cut = [(prediction[part], target[part], None) for part in (slice(0, 1), slice(1, None))]
        for order, batches in (("", cut), (", the last first", cut[::-1])):
            pieces = _measured(subject, batches)
            if not isinstance(pieces, float) or not _is_close(whole, pieces):
                raise ConformanceError(
                    f"on all {len(prediction)} examples it is {whole}, in batches of 1 and the rest{order} "
                    f"{pieces}: add up sums and counts, and divide in value()"
                )


@check("joins two states", metric_batches, kinds=KIND)
def metric_merge(subject: Subject) -> None:
    """``merge`` of the states of two parts is that of all data; where it is not defined nothing is asked."""
    part = subject.part
    if type(part).merge is Metric.merge:
        raise NotApplicable(f"{subject.name} has no merge")
    for prediction, target in _examples(subject):
        whole = _measured(subject, [(prediction, target, None)])
        for order in ((0, 1), (1, 0)):
            first, second = (
                part.update(part.start(), prediction[rows], target[rows], None)
                for rows in [(slice(0, 1), slice(1, None))[index] for index in order]
            )
            joined = part.value(part.merge(part.merge(part.start(), first), second))
            if not _is_close(whole, joined):
                raise ConformanceError(f"on all examples it is {whole}, and of the merged states of two parts {joined}")


@check("weights of one change nothing", metric_pure, kinds=KIND)
def metric_weights(subject: Subject) -> None:
    """``weight`` is (batch,) or None, and None counts every example once."""
    for prediction, target in _examples(subject):
        plain = _measured(subject, [(prediction, target, None)])
        try:
            weighted = _measured(subject, [(prediction, target, np.ones(len(prediction)))])
        except NotImplementedError as reason:
            raise NotApplicable(f"{subject.name} takes no weights") from reason
        if not _is_close(plain, weighted):
            raise ConformanceError(f"without weights it is {plain}, with weights of one {weighted}")


@check("looks at what counts alone", metric_weights, kinds=KIND)
def metric_counted(subject: Subject) -> None:
    """In training and in ``evaluate`` an example of weight zero changes nothing, also for a metric of sequences."""
    for prediction, target in _examples(subject):
        more = np.concatenate([prediction, 100 * prediction[:1]]), np.concatenate([target, target[-1:]])
        plain = _reported(subject, prediction, target, np.ones(len(prediction)))
        value = _reported(subject, *more, np.array([1.0] * len(prediction) + [0.0]))
        if not _is_close(plain, value):
            raise ConformanceError(f"it is {plain}, and with one more example, of weight zero, {value}")


def _reported(subject: Subject, prediction: Any, target: Any, weight: Array) -> float:
    """Return the value as training reports it: of the rows that count, time steps among them."""
    from nnframe.training.evaluation import Measures

    measures = Measures([subject.part], ["measured"])
    measures.update(1.0, 1.0, prediction, Batch(prediction, target, weight))
    return measures.values()["measured"]


def _is_close(one: object, other: object) -> bool:
    return math.isclose(_number(one), _number(other), rel_tol=1e-6, abs_tol=1e-9)


def _number(value: object) -> float:
    return float(value) if isinstance(value, float | int) else math.nan
