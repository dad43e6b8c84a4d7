"""Generic points: faults that hide where the values are special show there.

Zeros hide a missing factor, unique indices a missing accumulation, a symmetric matrix a missing transposition, an
identity a missing product. So the pullback is also asked where the same values stand in other places and are moved,
which breaks all of these, along one random direction for each variable. What is right there needs no more. What is not
is asked at a point close by, and is charged for gross errors only: right here, wrong nearby.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import define

from nnframe.arrays import Array, Shape
from nnframe.verification.comparison.adaptive import refine
from nnframe.verification.comparison.evidence import FAILED, Charge
from nnframe.verification.comparison.prediction import predict
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.blocked import CHUNK, Pattern, add_in_pieces
from nnframe.verification.floats.roundoff import unit_roundoff
from nnframe.verification.floats.sampling import Draws, random_sizes
from nnframe.verification.floats.step_scale import StepScales, repeat_scaled, thin
from nnframe.verification.function.function import FunctionUnderTest, Gradients, PointRefused
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import move_groups
from nnframe.verification.numerical.step_ladder import choose_ladder
from nnframe.verification.preconditions.purity import shuffle
from nnframe.verification.report.cause import Cause
from nnframe.verification.sparsity.detection import find_partition

__all__ = ["GenericPoint", "duplicate_neighbours"]

FINE = 2.0**-40
PATTERN = 8191
FAR, NEAR, CLOSER = 0.125, 0.0625, 0.25
FIRST = "the pullback gives the gradient of an earlier point: it belongs to another forward than its own"
HINT = (
    "right at this point, wrong at a generic point close by: special values here (zeros, ones, equal or unique "
    "entries, symmetry) hide a mistake; verify at random values"
)


@define(eq=False)
class GenericPoint:
    """Asks a function at other points for what is wrong only there.

    Args:
        function: The function at its own point.
        output: Its output there.
        upstream: An upstream gradient that it was asked with.
        partitions: How its variables were compared there.
        draws: Make points and directions.
    """

    function: FunctionUnderTest
    output: Array
    upstream: Array
    partitions: Mapping[str, Partition]
    draws: Draws

    def check(self, paths: Sequence[str]) -> list[Charge]:
        """Return a charge for each path whose gradient is grossly wrong elsewhere.

        Raises:
            BudgetSpent: The budget does not allow to ask.
        """
        paths = [path for path in paths if self.function.values[path].size]
        wrong: dict[str, bool] = {}
        if not paths or self._is_right_elsewhere(paths):
            return []
        for share in (1.0, CLOSER):
            candidates = [path for path in paths if share == 1.0 or path in wrong]
            again = self._find_wrong(candidates, share) if candidates else {}
            wrong = {path: stale for path, stale in again.items() if share == 1.0 or path in wrong}
        wrong |= dict.fromkeys(self._find_stale([path for path in paths if path not in wrong]), True)
        return [
            Charge(path, *((Cause.STALE, FIRST) if stale else (Cause.WRONG_NEARBY, HINT)))
            for path, stale in wrong.items()
        ]

    def _is_right_elsewhere(self, paths: Sequence[str]) -> bool:
        """Whether every gradient is right where the same values stand elsewhere, and are moved: so is it close by.

        No if that point does not show it; one example says nothing of several.
        """
        if self._takes_several():
            return False
        draws = self.draws.within("elsewhere")
        there = self.function.at(self._move(draws, 1.0, shuffled=True), self.function.elsewhere)
        looked = _look(there, self.output.shape, self._draw_upstream(draws, self.output.shape))
        if looked is None:
            return False
        gross = tolerance.TABLE.gross * CLOSER**2
        return all(
            path in looked[1] and not _is_grossly_wrong(*looked, path, self.partitions[path], draws, gross)
            for path in paths
        )

    def _takes_several(self) -> bool:
        """Whether there is one example alone, and perhaps room for more."""
        inputs = [path for path in self.function.values if path.startswith("input")]
        single = bool(inputs) and all(self.function.values[path].shape[:1] == (1,) for path in inputs)
        return single and self.output.shape[:1] == (1,)

    def _find_wrong(self, paths: Sequence[str], share: float) -> dict[str, bool]:
        """The paths whose gradient is grossly wrong at a generic point, and whether it is that of the first point.

        With one example more where there is one alone and the function takes more; else with as many as here.
        """
        draws = self.draws.within(f"nearby {share}")
        for several in (True, False):
            found = self._find_wrong_at(paths, draws.within("several" if several else "one"), share, several)
            if found is not None:
                return found
        return {}

    def _find_wrong_at(self, paths: Sequence[str], draws: Draws, share: float, several: bool) -> dict[str, bool] | None:
        """The same at one point; None where the function refuses it."""
        if several and not self._takes_several():
            return None
        values = self._move(draws, share)
        if several:
            again = self._move(draws.within("second"), share)
            values |= {path: np.concatenate([values[path], again[path]]) for path in values if path.startswith("input")}
        shape = (2, *self.output.shape[1:]) if several else self.output.shape
        there = self.function.at(values, self.function.elsewhere)
        looked = _look(there, shape, self._draw_upstream(draws, shape))
        if looked is None:
            return None
        evaluator, gradients = looked
        gross = tolerance.TABLE.gross * share**2
        asked = [path for path in paths if path in gradients]
        found = [
            path
            for path in asked
            if _is_grossly_wrong(
                evaluator, gradients, path, _uncut(evaluator, path) if several else self.partitions[path], draws, gross
            )
        ]
        here = self._compute_gradients(evaluator.upstreams[0]) if found and not several else {}
        return {path: path in here and np.array_equal(gradients[path], here[path]) for path in found}

    def _find_stale(self, paths: Sequence[str]) -> list[str]:
        """The paths whose gradient far away is, to the last bit, that of this point, and grossly wrong there.

        A cache that is never emptied is right at the first point, and near it where the derivative is constant.
        """
        draws = self.draws.within("stale")
        there = self.function.at(self._move(draws, 1.0, shuffled=True, alone=True))
        looked = _look(there, self.output.shape, self.upstream) if paths else None
        if looked is None:
            return []
        evaluator, gradients = looked
        here = self._compute_gradients(self.upstream)
        same = [path for path in paths if path in gradients and path in here and gradients[path].any()]
        same = [path for path in same if np.array_equal(gradients[path], here[path])]
        gross = tolerance.TABLE.gross
        return [
            path
            for path in same
            if _is_grossly_wrong(evaluator, gradients, path, _uncut(evaluator, path), draws, gross)
        ]

    def _compute_gradients(self, upstream: Array) -> dict[str, Array]:
        """The gradients at the point itself."""
        return _read_gradients(self.function.run(self.function.copy_values())[1](upstream.copy()), self.function)

    def _draw_upstream(self, draws: Draws, shape: Shape) -> Array:
        return random_sizes(0.5, 1.5, shape, draws.generator("", "upstream")).astype(self.output.dtype)

    def _move(
        self, draws: Draws, share: float, *, shuffled: bool = False, alone: bool | None = None
    ) -> dict[str, Array]:
        """All variables, each element moved by a part of its scale; masks and targets stay, unless they are alone."""
        values = self.function.values
        alone = len(values) == 1 if alone is None else alone
        return {path: _move(path, value, draws, share, shuffled, alone) for path, value in values.items()}


def _move(path: str, value: Array, draws: Draws, share: float, shuffled: bool, alone: bool) -> Array:
    moved = np.array(shuffle(value) if shuffled else value, order="C")
    if path.startswith("input") and not alone and _marks(thin(moved)) and _marks(moved):
        return moved
    few = min(value.size, PATTERN)
    pattern = share * random_sizes(NEAR, FAR, few, draws.generator(path, "point"))
    shift = repeat_scaled(moved.size, pattern, StepScales.of(moved).usual)
    add_in_pieces(moved.reshape(-1), shift)
    return moved


def duplicate_neighbours(integers: Array) -> Array:
    """Return integers with some of them equal to their neighbour: no value is new.

    >>> duplicate_neighbours(np.array([3, 1, 2, 0]))
    array([3, 3, 2, 2])
    """
    flat = integers.reshape(-1).copy()
    flat[1::2] = flat[: flat.size - 1 : 2] if flat.size % 2 else flat[::2]
    return flat.reshape(integers.shape)


def _uncut(evaluator: Evaluator, path: str) -> Partition:
    return Partition(evaluator.work[path].shape, evaluator.base.shape)


def _marks(value: Array) -> bool:
    """Whether all values are 0 or 1, and both occur: a mask, or targets."""
    return bool(value.size and np.isin(value, (0.0, 1.0)).all() and value.any() and not value.all())


def _look(there: FunctionUnderTest, shape: Shape, upstream: Array) -> tuple[Evaluator, Mapping[str, Array]] | None:
    """An evaluator there, and the gradients there; None where the function refuses the point."""
    workspace = there.copy_values()
    try:
        base, pull = there.run_elsewhere(workspace)
        if base.shape != shape or not np.isfinite(base).all():
            return None
        found = _read_gradients(pull(upstream.copy()), there)
    except PointRefused:
        return None
    return Evaluator(there, base, [upstream], unit_roundoff(base), None if there.writes else workspace), found


def _read_gradients(gradients: Gradients, function: FunctionUnderTest) -> dict[str, Array]:
    arrays = {path: np.asarray(each) for path, each in gradients.items()}
    return {
        path: each.astype(np.float64, copy=False)
        for path, each in arrays.items()
        if each.dtype.kind in "fiu"
        and path in function.values
        and each.shape == function.values[path].shape
        and np.isfinite(each).all()
    }


def _is_grossly_wrong(
    evaluator: Evaluator,
    gradients: Mapping[str, Array],
    path: str,
    partition: Partition,
    draws: Draws,
    gross: float,
) -> bool:
    """Whether one random direction, block by block, shows a gross error that the whole ladder confirms."""
    scales = evaluator.scales(path).usual
    few = min(scales.size, PATTERN)
    direction = repeat_scaled(scales.size, random_sizes(0.5, 1.0, few, draws.generator(path, "direction")), scales)
    size = _compute_length(direction, gradients[path].reshape(-1))
    bundle = move_groups(path, partition, slice(0, partition.groups), direction)
    predicted = predict([bundle], [gradients], evaluator.unit, strict=True)
    ladder = choose_ladder(evaluator.unit)
    step = ladder.near[0] if evaluator.unit < FINE else ladder.main  # few kinks lie within it; gross errors show
    value = evaluator.measure_slopes(partition, [bundle], step)
    if (np.abs(predicted.slope - value) <= gross * (size + np.abs(value))).all():
        return False
    partition = find_partition(evaluator, path, draws.generator(path, "structure"))
    bundle = move_groups(path, partition, slice(0, partition.groups), direction)
    predicted = predict([bundle], [gradients], evaluator.unit, strict=True)
    result = refine(evaluator, partition, [bundle], predicted)
    far = np.abs(predicted.slope - result.value) > gross * (size + np.abs(result.value)) + 10 * result.bar
    return bool(((result.state == FAILED) & far.any(0)).any())


def _compute_length(direction: Array | Pattern, gradient: Array) -> float:
    """``√Σ (d_i g_i)²``."""
    chunks = (slice(start, min(start + CHUNK, len(direction))) for start in range(0, len(direction), CHUNK))
    products = (direction[each] * gradient[each] for each in chunks)
    return float(np.sqrt(sum(float(np.dot(each, each)) for each in products)))
