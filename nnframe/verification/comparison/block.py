"""A block: some groups of elements that are compared together, one step after another, each for what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from attrs import define, evolve, field

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.adaptive import (
    accept_early,
    find_one_sided,
    find_steady_kinks,
    lies_between,
    refine,
)
from nnframe.verification.comparison.evidence import (
    FAILED,
    KINK,
    PASSED,
    UNDECIDED,
    UNNOTICED,
    ZERO,
    Lines,
)
from nnframe.verification.comparison.prediction import LineResult, PredictedSlope, compute_noise, compute_slope, predict
from nnframe.verification.comparison.variable import Variable
from nnframe.verification.floats import tolerance
from nnframe.verification.floats.tolerance import compute_allowance
from nnframe.verification.numerical.difference import CentralDifference
from nnframe.verification.numerical.extrapolation import estimate_slopes, tabulate
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move, move_elements
from nnframe.verification.numerical.step_ladder import StepLadder, choose_ladder
from nnframe.verification.sparsity.detection import find_partition

__all__ = ["Block"]

FIRST_BATCH = 4
FEW_GROUPS = 8
ENOUGH = 256
TINY = 2.0**-6
MOST_TINY = 64
SMALL_SCALE = 2.0**-10


@define(eq=False, slots=False)
class Block:
    """Some groups of a partition; their lines are ordered (group, block)."""

    variable: Variable
    partition: Partition
    groups: Integers
    straight: bool
    lines: Lines = field(init=False)
    scales: Array = field(init=False)
    bundles: list[Bundle] = field(init=False)
    predicted: PredictedSlope = field(init=False)
    largest: Array = field(init=False)
    """(upstreams, 1) the size of the largest gradient of the variable, as far as it is known."""
    rungs: list[CentralDifference] = field(init=False, factory=list)
    _seen: Booleans = field(init=False)
    """(lines,) those that the rungs are about."""

    def __attrs_post_init__(self) -> None:
        evaluator, path = self.variable.evaluator, self.variable.path
        index = self.partition.members(self.groups).reshape(-1)
        self.scales = evaluator.scales(path)[index]
        scales = self.scales.reshape(len(self.groups), -1)
        self.bundles = [
            move_elements(path, self.partition, int(group), row) for group, row in zip(self.groups, scales, strict=True)
        ]
        analytic = np.stack([each[index] for each in self.variable.own_gradients]).astype(np.float64)
        self.lines = Lines(analytic, index)
        slope = analytic * self.scales
        self.predicted = PredictedSlope(slope, np.abs(slope), np.zeros(slope.shape), self.variable.unit)
        self._seen = np.ones(len(index), dtype=bool)

    def measure_first(self) -> None:
        """Take the first step, for all lines."""
        exponent = self._ladder.main + 6 if self.straight else self._ladder.main
        self.rungs = [self._measure(self.bundles, exponent, both=not self.straight)]

    def compare(self, climbed: LineResult | None) -> LineResult | None:
        """Take one step after another, each for the lines that are still open.

        Args:
            climbed: What the whole ladder said of lines of an earlier block.

        Returns:
            What it said of lines of this one, if it was asked.
        """
        self._accept(self.rungs)
        self.rungs = [] if self.straight else self.rungs
        self._take_second_step()
        if self.partition.blocks > 1:  # of one element by itself the whole ladder says as much, for little more
            self._look_for_kinks()
            self._step_close_by()
        if climbed is not None:
            self._judge_by_noise(climbed)
        return self._climb()

    def _accept(self, rungs: Sequence[CentralDifference]) -> None:
        """Accept the open lines that agree early."""
        open_lines = np.flatnonzero(self._keep_open())
        self._update_largest()
        right, value, bar = accept_early(self.predicted.at(self.lines.open), rungs)
        self._note(open_lines, value, bar)
        self.lines.state[open_lines[right]] = PASSED

    def _take_second_step(self) -> None:
        if self._keep_open().any():
            steps = (self._ladder.second,) if self.rungs else (self._ladder.main, self._ladder.second)
            self.rungs += self._measure_open(*steps)
            self._accept(self.rungs)

    def _look_for_kinks(self) -> None:
        """The smallest step of all, for a few groups with lines that a kink lies at."""
        lines, groups = self._keep_open(), self._find_open_groups()
        if not 0 < len(groups) <= FEW_GROUPS:
            return
        first, second = self.rungs
        kinks = find_steady_kinks(first, second, *self._measure_open(self._ladder.rungs[-1]))
        if kinks.any():
            evaluator, bundles = self.variable.evaluator, [self.bundles[group] for group in groups]
            steps = np.full(len(kinks), second.step)
            some = lines[self._expand(groups)]
            low, high = find_one_sided(evaluator, self.partition, bundles, some, kinks, steps)
            bar = compute_noise(second)
            inside = lies_between(self.predicted.at(lines).slope, low, high, bar)
            state = np.where(kinks & inside, KINK, UNDECIDED)
            self._take_over(lines, LineResult(state, compute_slope(second), bar, low, high, 2.0))

    def _step_close_by(self) -> None:
        """Two much smaller steps, for a few groups with lines that a kink lies near."""
        open_lines = np.flatnonzero(self._keep_open())
        if not 0 < len(self._find_open_groups()) <= FEW_GROUPS:
            return
        right, value, bar = accept_early(self.predicted.at(self.lines.open), self._measure_open(*self._ladder.near))
        self._note(open_lines[right], value[:, right], bar[:, right])
        self.lines.state[open_lines[right]] = PASSED

    def _climb(self) -> LineResult | None:
        """The whole ladder, in batches that grow, for the groups that are still open."""
        size, result = FIRST_BATCH, None
        while len(groups := self._find_open_groups()):
            worst = np.where(self.lines.open, self.lines.excess(), -1.0).reshape(-1, self.partition.blocks)
            order = np.sort(groups[np.argsort(-worst[groups].max(1), kind="stable")][:size])
            lines = self._choose_judged(self._expand(order))
            some = lines[self._expand(order)]
            bundles = [self.bundles[group] for group in order]
            result = refine(self.variable.evaluator, self.partition, bundles, self.predicted.at(lines), some)
            self._take_over(lines, result)
            self._step_in_other_units(lines)
            self._judge_by_noise(result)
            size *= 2
        return result

    def _choose_judged(self, lines: Integers) -> Booleans:
        """Those of some lines that are open, and enough others to tell how noisy the forward is."""
        judged, is_open = np.zeros(len(self.lines.state), dtype=bool), self.lines.open[lines]
        others = lines[~is_open]
        judged[lines[is_open]] = True
        judged[others[:: max(1, len(others) // ENOUGH)]] = True
        return judged

    def _take_over(self, lines: Booleans, result: LineResult) -> None:
        """Take over what the ladder said about the lines that were open."""
        mine = self.lines.open[lines]
        where = np.flatnonzero(lines)[mine]
        self.lines.state[where] = result.state[mine]
        scales = self.scales[where]
        for name in ("numeric", "bar", "low", "high"):
            values = getattr(result, "value" if name == "numeric" else name)
            getattr(self.lines, name)[:, where] = values[:, mine] / scales

    def _judge_by_noise(self, result: LineResult) -> None:
        """Judge the open lines again by their two rungs, with the noise that the ladder measured."""
        lines, table = self.lines.open, tolerance.TABLE
        if not lines.any() or len(self.rungs) < 2:
            return
        first, second = (each.at(lines[self._seen]) for each in self.rungs)
        found = estimate_slopes(tabulate([first, second]), result.unit, measured=False)
        self._update_largest()
        predicted = self.predicted.at(lines)
        accept = found.bar + compute_allowance(
            found.value, predicted.size, found.terms, predicted.largest, predicted.unit
        )
        error = np.abs(predicted.slope - found.value)
        self._note(np.flatnonzero(lines), found.value, accept)
        sharp = (accept <= table.blurred * np.maximum(np.abs(found.value), predicted.largest)).all(0)
        bend = np.abs(second.plus + second.minus)
        curved = bend > np.abs(first.plus + first.minus) / 16 + 4 * table.sigmas * second.quantum
        bends = (curved & (bend > table.curved / 4 * np.abs(second.plus - second.minus))).any(0)
        where = np.flatnonzero(lines)
        self.lines.state[where[(error <= accept).all(0) & sharp & ~bends]] = PASSED
        if (result.state == FAILED).any():
            wrong = (error > table.clearly * accept).any(0) & sharp & ~bends
            self.lines.state[where[wrong]] = FAILED

    def _step_in_other_units(self, lines: Booleans) -> None:
        """Steps in other units, where those of the scale settle nothing.

        In units of the element itself where it is tiny against its scale (``log`` and ``sqrt`` near zero need it; an
        element fails only by both opinions). In units of 1 where the scale is tiny and the output does not move.
        """
        found = self.lines
        size = np.abs(self.variable.flat[found.index]).astype(np.float64)
        unsure = np.isin(found.state, (ZERO, UNNOTICED, FAILED))
        tiny = np.flatnonzero((size > 0) & (size < TINY * self.scales) & lines & unsure)[:MOST_TINY]
        self._step_in_units(tiny, np.ldexp(0.5, np.frexp(size[tiny])[1]))
        still = np.isin(found.state, (ZERO, UNNOTICED)) & lines & (self.scales < SMALL_SCALE)
        others = np.flatnonzero(still)[:MOST_TINY]
        self._step_in_units(others, np.ones(len(others)))

    def _step_in_units(self, lines: Integers, units: Array) -> None:
        """Some elements, each with steps in a unit of its own; together, where they move outputs of their own."""
        if not len(lines):
            return
        groups, blocks = self._finest.find(self.lines.index[lines])
        for group in np.unique(groups):
            mine = np.flatnonzero(groups == group)
            mine = mine[np.argsort(blocks[mine])]
            weight = np.zeros(self._finest.blocks)
            weight[blocks[mine]] = units[mine]
            members = self._finest.members(int(group))
            bundle = Bundle((Move(self.variable.path, members, weight),), len(weight))
            self._take_second_opinion(lines[mine], units[mine], bundle)

    def _take_second_opinion(self, lines: Integers, units: Array, bundle: Bundle) -> None:
        """What the ladder says of some elements in other units; it counts where it settles what was not settled."""
        found, gradients = self.lines, self.variable.gradients
        moved = np.asarray(bundle.moves[0].weight != 0)
        largest = np.zeros((len(gradients), bundle.lines))
        largest[:, moved] = self.predicted.largest[:, lines] * units / self.scales[lines]
        predicted = predict([bundle], gradients, self.variable.unit, largest).at(moved)
        result = refine(self.variable.evaluator, self._finest, [bundle], predicted, moved)
        failed = found.state[lines] == FAILED
        error = np.abs(found.analytic[:, lines] - found.numeric[:, lines])
        sharper = ~failed | (result.bar / units <= tolerance.TABLE.sharper * error).any(0)
        settled = np.where(failed, result.state == ZERO, result.state == FAILED)
        taken = (settled | np.isin(result.state, (PASSED, KINK))) & sharper
        found.state[lines[taken]] = result.state[taken]
        for name in ("numeric", "bar", "low", "high"):
            values = getattr(result, "value" if name == "numeric" else name) / units
            getattr(found, name)[:, lines[taken]] = values[:, taken]

    @cached_property
    def _finest(self) -> Partition:
        """The finest partition there is, also where finding it costs more than it saves."""
        if self.partition.groups == 1 and not self.partition.strips:
            return self.partition
        variable = self.variable
        rng = variable.draws.generator(variable.path, "finest")
        return find_partition(variable.evaluator, variable.path, rng, at_any_cost=True)

    @property
    def _ladder(self) -> StepLadder:
        return choose_ladder(self.variable.evaluator.unit)

    def _update_largest(self) -> None:
        """The size of the largest gradient, with what is known by now."""
        numeric = np.where(np.isfinite(self.lines.numeric), np.abs(self.lines.numeric), 0.0)
        analytic = np.abs(self.lines.analytic).max(axis=1, keepdims=True, initial=0.0)
        found = np.minimum(analytic, numeric.max(axis=1, keepdims=True, initial=0.0))
        self.predicted = evolve(self.predicted, largest=np.maximum(found, self.largest) * self.scales)

    def _measure(self, bundles: Sequence[Bundle], exponent: int, *, both: bool = True) -> CentralDifference:
        return self.variable.evaluator.measure(self.partition, bundles, exponent, both=both)

    def _note(self, lines: Integers, value: Array, bar: Array) -> None:
        self.lines.numeric[:, lines] = value / self.scales[lines]
        self.lines.bar[:, lines] = bar / self.scales[lines]

    def _keep_open(self) -> Booleans:
        """The lines that are open; what was seen of others is forgotten."""
        lines = self.lines.open
        self.rungs = [each.at(lines[self._seen]) for each in self.rungs]
        self._seen = lines
        return lines

    def _measure_open(self, *exponents: int) -> list[CentralDifference]:
        """The open lines at other steps."""
        groups = self._find_open_groups()
        bundles, some = [self.bundles[group] for group in groups], self.lines.open[self._expand(groups)]
        return [self._measure(bundles, each).at(some) for each in exponents]

    def _find_open_groups(self) -> Integers:
        return np.flatnonzero(self.lines.open.reshape(-1, self.partition.blocks).any(1))

    def _expand(self, groups: Integers) -> Integers:
        """The lines of some groups."""
        blocks = self.partition.blocks
        return (groups[:, None] * blocks + np.arange(blocks)).reshape(-1)
