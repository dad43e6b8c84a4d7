"""What is asked of optimizers."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError
from nnframe.testing.check import Check, NotApplicable, check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.subject import Subject
from nnframe.testing.trees import named

__all__ = ["OPTIMIZER"]

KIND = ("optimizer",)
RATE = 0.01


def _start(dtype: str = "float64", size: int = 6) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(size // 2, 2)).astype(dtype), rng.normal(size=(size // 2, 2)).astype(dtype)


def _steps(subject: Subject, value: Array, slots: object, steps: range, rate: float = RATE) -> Array:
    """Go some steps down ½ Σ c θ², with c from 1 to 2."""
    curvature = np.linspace(1, 2, value.size, dtype=value.dtype).reshape(value.shape)
    for step in steps:
        subject.part.update(value, curvature * value, slots, step, rate)
    return value


@check("has a learning rate", is_part, kinds=KIND)
def has_rate(subject: Subject) -> None:
    """``learning_rate`` is a field: a number or a schedule, which the training run reads."""
    if "learning_rate" not in {field.name for field in attrs.fields(subject.cls)}:
        raise ConformanceError("it has no field 'learning_rate': write learning_rate: float | Schedule = 0.01")


@check("remembers in slots of its own", has_rate, kinds=KIND)
def slots_own(subject: Subject) -> None:
    """Initialize returns an attrs class of arrays like the parameter, in its dtype, and shares none of them."""
    for dtype in ("float64", "float32"):
        value, _ = _start(dtype)
        before = value.copy()
        slots = subject.part.initialize(value)
        if not attrs.has(type(slots)):
            raise ConformanceError(
                f"initialize returns {type(slots).__name__}: return an attrs class of arrays, or NoSlots()"
            )
        if not np.array_equal(value, before):
            raise ConformanceError("initialize moves the parameter")
        for path, array in named(slots).items():
            if np.shares_memory(array, value):
                raise ConformanceError(f"the slot {path!r} is the parameter itself: copy it")
            if array.dtype != dtype:
                raise ConformanceError(
                    f"for a {dtype} parameter, the slot {path!r} is {array.dtype}: use np.zeros_like"
                )


@check("moves the parameter in place", slots_own, kinds=KIND)
def moves_in_place(subject: Subject) -> None:
    """Update writes into the parameter and returns nothing; float32 stays float32."""
    for dtype in ("float64", "float32"):
        value, gradient = _start(dtype)
        before = value.copy()
        slots = subject.part.initialize(value)
        result = [subject.part.update(value, gradient, slots, step, RATE) for step in (1, 2, 3)]
        if any(each is not None for each in result):
            raise ConformanceError("update returns a value, which nobody reads: write into the parameter, value -= ...")
        if np.array_equal(value, before):
            raise ConformanceError(
                "update leaves the parameter where it was: write into it (value -= ..., not value = value - ...)"
            )


@check("leaves the gradient alone", moves_in_place, kinds=KIND)
def leaves_gradient(subject: Subject) -> None:
    """Others may read the gradient after the step."""
    value, gradient = _start()
    before, slots = gradient.copy(), subject.part.initialize(value)
    for step in (1, 2, 3):
        subject.part.update(value, gradient, slots, step, RATE)
        if not np.array_equal(gradient, before):
            raise ConformanceError("update writes into the gradient: copy before writing")


@check("all that it remembers is in the slots", leaves_gradient, kinds=KIND)
def state_in_slots(subject: Subject) -> None:
    """From the same parameter, slots and step it goes the same way: a run can be resumed, and parameters do not mix."""
    value, other = _start()
    slots = subject.part.initialize(value)
    _steps(subject, value, slots, range(1, 4))
    kept, kept_slots = value.copy(), _copied(slots)
    _steps(subject, value, slots, range(4, 7))
    _steps(subject, other, subject.part.initialize(other), range(1, 3))
    if not np.array_equal(_steps(subject, kept, kept_slots, range(4, 7)), value):
        raise ConformanceError(
            "from the same parameter, slots and step it goes another way: keep everything in the slots"
        )


@check("uses the learning rate that it is given", leaves_gradient, kinds=KIND)
def uses_rate(subject: Subject) -> None:
    """A smaller ``learning_rate`` in the call makes a smaller step, and 0 none: a schedule decides, not the field."""
    moved = []
    for rate in (0.0, 1e-4, 1e-3):
        value, gradient = _start()
        before = value.copy()
        subject.part.update(value, gradient, subject.part.initialize(value), 1, rate)
        moved.append(float(np.abs(value - before).max()))
    if moved[0] > 0 or not moved[1] < moved[2]:
        raise ConformanceError(
            f"with the learning rates 0, 0.0001 and 0.001 it moves by {moved[0]:.2g}, {moved[1]:.2g} and "
            f"{moved[2]:.2g}: "
            "use the argument learning_rate, not self.learning_rate"
        )


@check("goes downhill", uses_rate, state_in_slots, kinds=KIND)
def goes_downhill(subject: Subject) -> None:
    """Three hundred steps make ½ Σ c θ² smaller."""
    value, _ = _start()
    before = float((value**2).sum())
    after = float((_steps(subject, value, subject.part.initialize(value), range(1, 301)) ** 2).sum())
    if not after < before:
        raise ConformanceError(
            f"from Σ θ² = {before:.3g} on a bowl it goes to {after:.3g}: does it move against the gradient?"
        )


@check("a gradient of zero gives no NaN", leaves_gradient, kinds=KIND)
def zero_gradient(subject: Subject) -> None:
    """A dead unit has the gradient 0: nothing is divided by it."""
    for dtype in ("float64", "float32"):
        value, _ = _start(dtype)
        slots, zero = subject.part.initialize(value), np.zeros_like(value)
        for step in (1, 2, 3):
            subject.part.update(value, zero, slots, step, RATE)
        if not np.isfinite(value).all():
            raise ConformanceError(
                f"in {dtype}, a gradient of zero makes the parameter NaN: add an epsilon to what it divides by"
            )


@check("treats every element alike", state_in_slots, kinds=KIND)
def elementwise(subject: Subject) -> None:
    """Two parameters laid into one array move as they would by themselves, unless ``elementwise`` is False."""
    if not subject.part.elementwise:
        raise NotApplicable(f"{subject.name} declares elementwise = False")
    value, _ = _start()
    joined, parts = value.copy(), [value[:1].copy(), value[1:].copy()]
    curvature = np.linspace(1, 2, value.size).reshape(value.shape)
    slots, each = subject.part.initialize(joined), [subject.part.initialize(part) for part in parts]
    for step in (1, 2, 3):
        subject.part.update(joined, curvature * joined, slots, step, RATE)
        for part, c, own in zip(parts, (curvature[:1], curvature[1:]), each, strict=True):
            subject.part.update(part, c * part, own, step, RATE)
    if not np.allclose(joined, np.concatenate(parts), rtol=1e-12, atol=0):
        raise ConformanceError("elements move one another: say elementwise: ClassVar[bool] = False")


def _copied(slots: object) -> Any:
    from nnframe.composition.tree import convert

    return convert(slots, lambda array: array.copy())


OPTIMIZER: tuple[Check, ...] = (
    has_rate,
    slots_own,
    moves_in_place,
    leaves_gradient,
    state_in_slots,
    uses_rate,
    goes_downhill,
    zero_gradient,
    elementwise,
)
"""The checks of optimizers."""
