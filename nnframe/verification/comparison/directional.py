"""Search: random directions test many elements at once, and bisection finds the wrong ones.

Along a direction of random signs, ``d_i = ±s_i``, a gradient promises the slope ``Σ d_i g_i``. A single wrong
element is off by its whole error in that sum, whatever the number of elements: what the error bar of the slope lets
through is the smallest error that would have gone unseen. (Errors in several elements could cancel, with a
probability that falls with the ratio of the bar to the error.) On a mismatch the elements are halved: the half that
is measured tells about the other, so a wrong element among ``n`` costs ``2 log2 n`` forwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import define, field, frozen

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.adaptive import promise_of, refine
from nnframe.verification.comparison.evidence import FAILED
from nnframe.verification.comparison.quick import central
from nnframe.verification.comparison.tolerance import allowance
from nnframe.verification.floats.blocked import Signs
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.floats.step_scale import element_scales, thinned
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.extrapolation import estimate, stack
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, direction_bundle
from nnframe.verification.numerical.step_ladder import ladder_of

__all__ = ["Searched", "confirmed", "search"]

MOST_BLOCKS = 4
MOST_LEAVES = 16
SIGNIFICANT = 0.02
CLOSE = 1e-9


@frozen(eq=False)
class Searched:
    """What a search found.

    Args:
        disagree: (blocks,) whether the direction through each block disagrees.
        rows: Groups of the partition in which single wrong elements are.
        visible: The smallest error in one element that would have been seen.
        lost: Whether there are more wrong blocks or elements than were followed.
    """

    disagree: Booleans
    rows: Integers
    visible: float
    lost: bool = False


def search(
    probe: Evaluator,
    path: str,
    partition: Partition,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    draws: Draws,
    *,
    follow: bool = True,
) -> Searched:
    """Test all elements of a variable along one random direction, and bisect where it disagrees."""
    work = _Search(probe, path, partition, gradients, unit, draws)
    disagree, visible = work.test()
    if not (follow and disagree.any()):
        return Searched(disagree, np.zeros(0, dtype=np.intp), visible)
    blocks = np.flatnonzero(disagree)
    rows: list[int] = []
    lost = len(blocks) > MOST_BLOCKS
    for block in blocks[:MOST_BLOCKS]:
        leaves, all_found = work.bisect(int(block))
        rows += leaves
        lost = lost or not all_found
    return Searched(disagree, np.unique(np.array(rows, dtype=np.intp)), visible, lost)


def confirmed(
    probe: Evaluator,
    path: str,
    partition: Partition,
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    draws: Draws,
) -> bool:
    """Whether some direction through a block is wrong by the whole ladder of steps."""
    bundle = _Search(probe, path, partition, gradients, unit, draws).bundle(slice(0, partition.groups))
    promise = promise_of([bundle], gradients, unit, strict=True)
    return bool((refine(probe, partition, [bundle], promise).state == FAILED).any())


@define(eq=False)
class _Search:
    """One random direction, and the measurements along parts of it."""

    probe: Evaluator
    path: str
    partition: Partition
    gradients: Sequence[Mapping[str, Array]]
    unit: float
    draws: Draws
    direction: Signs = field(init=False)
    scale: float = field(init=False)
    _off: Array = field(init=False)
    _noise: Array = field(init=False)
    _exponent: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        values = self.probe.work[self.path]
        self.scale = float(np.median(element_scales(thinned(values))))
        drawn = self.draws.generator(self.path, "search").integers(0, 2, values.size, dtype=np.int8)
        self.direction = Signs(drawn, self.scale)

    def bundle(self, rows: slice) -> Bundle:
        """The direction over some groups of the partition."""
        return direction_bundle(self.path, self.partition, rows, self.direction)

    def test(self) -> tuple[Booleans, float]:
        """(blocks,) where the whole direction disagrees, and the smallest error that would have been seen."""
        bundle = self.bundle(slice(0, self.partition.groups))
        promise = promise_of([bundle], self.gradients, self.unit, strict=True)
        ladder = ladder_of(self.probe.unit)
        first = self.probe.rung(self.partition, [bundle], ladder.main)
        rounding = allowance(
            central(first),
            _pooled(promise.size, self.partition),
            first.terms / first.step,
            promise.largest,
            self.unit,
            strict=True,
        )
        bar = 12 * first.quantum / first.step + CLOSE * np.abs(promise.slope) + rounding
        error = promise.slope - central(first)
        self._exponent = ladder.main
        if not (np.abs(error) <= bar).all():
            others = [self.probe.rung(self.partition, [bundle], each) for each in (ladder.main + 3, ladder.second)]
            found = estimate(stack([first, *others]), measured=False)
            bar, error = found.bar + rounding, promise.slope - found.value
            apart = [np.abs(central(each) - found.value).max() for each in (first, others[1])]
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
            if len(leaves) + len(open_ranges) > MOST_LEAVES or self.probe.subject.exhausted:
                return leaves, False
            open_ranges.sort(key=lambda each: -abs(each[2]))
            start, stop, off = open_ranges.pop(0)
            if stop - start == 1:
                leaves.append(start)
                unexplained -= off
                continue
            middle = (start + stop) // 2
            left = self._mismatch(slice(start, middle), upstream, block)
            parts = ((start, middle, left), (middle, stop, off - left))
            open_ranges += [each for each in parts if abs(each[2]) > least]
        return leaves, True

    def _mismatch(self, rows: slice, upstream: int, block: int) -> float:
        bundle = self.bundle(rows)
        rung = self.probe.rung(self.partition, [bundle], self._exponent)
        promised = bundle.promised(self.gradients[upstream])[0][block]
        return float(promised - central(rung)[upstream, block])


def _pooled(size: Array, partition: Partition) -> Array:
    """What rounding errors of both signs add up to: √n of the n terms, not all of them."""
    return np.asarray(size / np.sqrt(max(partition.groups, 1)))
