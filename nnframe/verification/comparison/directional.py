"""Random directions test many elements at once, and bisection finds the wrong ones.

Along a direction of random signs, ``d_i = ±s_i``, a gradient predicts the slope ``Σ d_i g_i``. A single wrong
element is off by its whole error in that sum, whatever the number of elements: what the error bar of the slope lets
through is the smallest error that would have gone unseen. (Errors in several elements could cancel, with a
probability that falls with the ratio of the bar to the error.) On a mismatch the elements are halved: the half that
is measured tells about the other, so a wrong element among ``n`` costs ``2 log2 n`` forwards.
"""

from __future__ import annotations

import numpy as np
from attrs import define, field, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.budget import BudgetSpent
from nnframe.verification.comparison.adaptive import refine
from nnframe.verification.comparison.evidence import FAILED
from nnframe.verification.comparison.prediction import compute_slope, predict
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.blocked import Signs
from nnframe.verification.floats.tolerance import compute_allowance
from nnframe.verification.numerical.extrapolation import estimate_slopes, tabulate
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, move_groups
from nnframe.verification.numerical.step_ladder import choose_ladder

__all__ = ["DirectionalResult", "compare_along_direction", "is_wrong_along_direction"]

MOST_BLOCKS = 4
MOST_LEAVES = 16
SIGNIFICANT = 0.02
CLOSE = 1e-9


@frozen(eq=False)
class DirectionalResult:
    """What a random direction and bisection found.

    Args:
        disagree: (blocks,) the direction through a block disagrees.
        rows: Groups of the partition in which single wrong elements are.
        visible: The smallest error in one element that would have been seen.
        lost: There are more wrong blocks or elements than were followed, or the budget was spent before.
    """

    disagree: Booleans
    rows: Integers
    visible: float
    lost: bool = False


def compare_along_direction(variable: Variable, partition: Partition, *, follow: bool = True) -> DirectionalResult:
    """Test all elements of a variable along one random direction, and bisect where it disagrees."""
    work = _Direction(variable, partition)
    disagree, visible = work.test()
    if not (follow and disagree.any()):
        return DirectionalResult(disagree, np.zeros(0, dtype=np.intp), visible)
    blocks = np.flatnonzero(disagree)
    rows: list[int] = []
    lost = len(blocks) > MOST_BLOCKS
    for block in blocks[:MOST_BLOCKS]:
        leaves, all_found = work.bisect(int(block))
        rows += leaves
        lost = lost or not all_found
    return DirectionalResult(disagree, np.unique(np.array(rows, dtype=np.intp)), visible, lost)


def is_wrong_along_direction(variable: Variable, partition: Partition) -> bool:
    """Return whether the direction through some block is wrong by the whole ladder of steps."""
    bundle = _Direction(variable, partition).move(slice(0, partition.groups))
    predicted = predict([bundle], variable.gradients, variable.unit, strict=True)
    return bool((refine(variable.evaluator, partition, [bundle], predicted).state == FAILED).any())


@define(eq=False)
class _Direction:
    """One random direction, and the measurements along parts of it."""

    variable: Variable
    partition: Partition
    direction: Signs = field(init=False)
    scale: float = field(init=False)
    _off: Array = field(init=False)
    _noise: Array = field(init=False)
    _exponent: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        variable = self.variable
        self.scale = float(np.median(variable.evaluator.scales(variable.path).thinned))
        rng = variable.draws.generator(variable.path, "search")
        self.direction = Signs(rng.integers(0, 2, variable.size, dtype=np.int8), self.scale)

    def move(self, rows: slice) -> Bundle:
        """The direction over some groups of the partition."""
        return move_groups(self.variable.path, self.partition, rows, self.direction)

    def test(self) -> tuple[Booleans, float]:
        """(blocks,) where the whole direction disagrees, and the smallest error that would have been seen."""
        variable, evaluator = self.variable, self.variable.evaluator
        bundle = self.move(slice(0, self.partition.groups))
        predicted = predict([bundle], variable.gradients, variable.unit, strict=True)
        ladder = choose_ladder(evaluator.unit)
        first = evaluator.measure(self.partition, [bundle], ladder.main)
        pooled = predicted.size / np.sqrt(max(self.partition.groups, 1))  # rounding errors of both signs add up to √n
        terms = first.terms / first.step
        rounding = compute_allowance(compute_slope(first), pooled, terms, predicted.largest, variable.unit, strict=True)
        noise = 2 * tolerance.TABLE.sigmas * first.quantum / first.step
        bar = noise + CLOSE * np.abs(predicted.slope) + rounding
        error = predicted.slope - compute_slope(first)
        self._exponent = ladder.main
        if not (np.abs(error) <= bar).all():
            steps = (ladder.main + 3, ladder.second)
            others = [evaluator.measure(self.partition, [bundle], each) for each in steps]
            found = estimate_slopes(tabulate([first, *others]), measured=False)
            bar, error = found.bar + rounding, predicted.slope - found.value
            apart = [np.abs(compute_slope(each) - found.value).max() for each in (first, others[1])]
            self._exponent = ladder.main if apart[0] <= apart[1] else ladder.second
        self._off, self._noise = error, bar
        return np.asarray(~(np.abs(error) <= bar).all(0)), float(bar.max() / self.scale)

    def bisect(self, block: int) -> tuple[list[int], bool]:
        """The groups in which a block's direction disagrees, one by one; and whether these are all.

        Every range that disagrees holds a wrong element at least, so many such ranges end the search.
        """
        upstream = int(np.argmax(np.abs(self._off[:, block]) / self._noise[:, block]))
        total = float(self._off[upstream, block])
        least = SIGNIFICANT * abs(total)
        enough = max(least, float(self._noise[upstream, block]))
        open_ranges = [(0, self.partition.groups, total)]
        leaves: list[int] = []
        unexplained = total
        while open_ranges and abs(unexplained) > enough:
            if len(leaves) + len(open_ranges) > MOST_LEAVES:
                return leaves, False
            open_ranges.sort(key=lambda each: -abs(each[2]))
            start, stop, off = open_ranges.pop(0)
            if stop - start == 1:
                leaves.append(start)
                unexplained -= off
                continue
            middle = (start + stop) // 2
            try:
                left = self._measure_mismatch(slice(start, middle), upstream, block)
            except BudgetSpent:
                return leaves, False
            parts = ((start, middle, left), (middle, stop, off - left))
            open_ranges += [each for each in parts if abs(each[2]) > least]
        return leaves, True

    def _measure_mismatch(self, rows: slice, upstream: int, block: int) -> float:
        bundle = self.move(rows)
        rung = self.variable.evaluator.measure(self.partition, [bundle], self._exponent)
        predicted = bundle.predict_slopes(self.variable.gradients[upstream])[0][block]
        return float(predicted - compute_slope(rung)[upstream, block])
