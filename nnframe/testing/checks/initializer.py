"""What is asked of initializers."""

from __future__ import annotations

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import ConformanceError, NNFrameError
from nnframe.testing.check import check
from nnframe.testing.checks.definition import is_part
from nnframe.testing.checks.replay import global_randomness
from nnframe.testing.subject import Subject

__all__ = ["initializer_form", "initializer_own", "initializer_replays"]

KIND = ("initializer",)
SHAPES = ((4, 3), (5,), (3, 3, 2, 4), (1, 1))


def _drawn(subject: Subject, seed: int) -> list[tuple[tuple[int, ...], Array]]:
    """Return what it gives for every shape that it takes."""
    drawn: list[tuple[tuple[int, ...], Array]] = []
    for shape in SHAPES:
        try:
            drawn.append((shape, subject.part(shape, np.random.default_rng(seed))))
        except NNFrameError:
            continue
    if not drawn:
        raise ConformanceError(f"{subject.name} refuses every shape of {SHAPES}")
    return drawn


@check("gives float64 arrays of the shape asked for", is_part, kinds=KIND)
def initializer_form(subject: Subject) -> None:
    """For each shape that it does not refuse it gives a finite float64 array of that shape; the model casts."""
    for shape, array in _drawn(subject, 0):
        if not isinstance(array, np.ndarray) or array.shape != shape:
            raise ConformanceError(f"asked for shape {shape}, it gives {np.shape(array)}")
        if array.dtype != np.float64:
            raise ConformanceError(f"it gives {array.dtype}: give float64, which the model casts")
        if not np.isfinite(array).all():
            raise ConformanceError(f"for shape {shape} it gives numbers that are not finite")


@check("the same generator gives the same values", initializer_form, kinds=KIND)
def initializer_replays(subject: Subject) -> None:
    """The values follow from the generator that it is given, and no global one is touched."""
    before = global_randomness()
    for (shape, one), (_, other) in zip(_drawn(subject, 5), _drawn(subject, 5), strict=True):
        if not np.array_equal(one, other):
            raise ConformanceError(
                f"for shape {shape} the same seed gives other values: draw from the rng that it is given"
            )
    if global_randomness() != before:
        raise ConformanceError("it draws from a global random generator: draw from the rng that it is given")


@check("every array is new", initializer_form, kinds=KIND)
def initializer_own(subject: Subject) -> None:
    """Two calls give two arrays that can be written into: a step moves each of them in place."""
    for (shape, one), (_, other) in zip(_drawn(subject, 0), _drawn(subject, 0), strict=True):
        if np.shares_memory(one, other) or not one.flags.writeable:
            raise ConformanceError(
                f"for shape {shape} it gives an array that others have too: make a new one each time"
            )
