"""Every element of one variable: a quick pass for all of them, the whole ladder for those that it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import define, evolve, field

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.bundle import Bundle, Move, element_bundle
from nnframe.verification.estimate import estimate, stack
from nnframe.verification.evidence import FAILED, KINK, PASSED, UNDECIDED, UNNOTICED, ZERO, Evidence, together
from nnframe.verification.ladder import Promise, Sentence, climb, promise_of
from nnframe.verification.partition import Partition
from nnframe.verification.probe import Probe
from nnframe.verification.quick import agrees_at_once, agrees_at_second, central
from nnframe.verification.rung import Rung
from nnframe.verification.steps import ladder_of
from nnframe.verification.structure import find_partition
from nnframe.verification.tolerance import allowance, reference

__all__ = ["examine_elements"]

FIRST_BATCH = 4
ENOUGH = 256
CLEARLY_WRONG = 3.0
BLURRED = 1e-3
TINY = 2.0**-6
MOST_TINY = 64
SMALL_SCALE = 2.0**-10
SHARPER = 0.1
"""A second opinion lets a wrong element pass only if its own bar is so much smaller than the error."""


def examine_elements(
    probe: Probe,
    path: str,
    partitions: Sequence[Partition],
    gradients: Sequence[Mapping[str, Array]],
    unit: float,
    *,
    straight: bool = False,
    groups: Integers | None = None,
) -> Evidence:
    """Compare every element of a gradient with a derivative of its own, (parts, lines) in the order of the parts.

    Args:
        probe: Evaluates the forward.
        path: The variable.
        partitions: Which of its elements can be moved together: one for each part of the variable.
        gradients: What the pullback gives, one mapping for each upstream.
        unit: The unit round-off of the pullback.
        straight: The forward is affine in the variable, so that one side is enough.
        groups: Only these groups of the partition; None for all.
    """
    parts = [_Elements(probe, path, each, gradients, unit, straight, groups) for each in partitions]
    for work in parts:
        work.measure()
    largest = np.max([work.largest for work in parts], axis=0)
    for work in parts:
        work.at_once(largest)
        work.at_second()
        work.one_by_one()
    return together([work.evidence for work in parts])


@define(eq=False)
class _Elements:
    """The state of one examination; lines are ordered (group, block)."""

    probe: Probe
    path: str
    partition: Partition
    gradients: Sequence[Mapping[str, Array]]
    unit: float
    straight: bool
    groups: Integers | None
    scales: Array = field(init=False)
    bundles: list[Bundle] = field(init=False)
    promise: Promise = field(init=False)
    evidence: Evidence = field(init=False)
    largest: Array = field(init=False)
    """(upstreams, 1) the size of the largest gradient, in all parts."""
    rungs: list[Rung] = field(init=False, factory=list)

    def __attrs_post_init__(self) -> None:
        scales = self.probe.scales(self.path)
        chosen = range(self.partition.groups) if self.groups is None else self.groups
        self.bundles = [element_bundle(self.path, self.partition, int(group), scales) for group in chosen]
        index = (
            self.partition.members.reshape(-1) if self.groups is None else self.partition.members[chosen].reshape(-1)
        )
        self.scales = scales[index]
        analytic = np.stack([each[self.path].reshape(-1)[index] for each in self.gradients]).astype(np.float64)
        self.evidence = Evidence(analytic, index)
        slope = analytic * self.scales
        self.promise = Promise(slope, np.abs(slope), np.zeros(slope.shape), self.unit)

    def measure(self) -> None:
        """The first rung, for all lines."""
        ladder = ladder_of(self.probe.unit)
        exponent = ladder.main + 6 if self.straight else ladder.main
        self.rungs = [self._rung(self.bundles, exponent, both=not self.straight)]
        self.largest = reference(self.promise.slope, central(self.rungs[0]), self.scales)

    def at_once(self, largest: Array) -> None:
        """What the first rung says, beside the largest gradient of all parts."""
        rung = self.rungs[0]
        slope = central(rung)
        self.largest = largest
        self.promise = evolve(self.promise, largest=largest * self.scales)
        right = agrees_at_once(self.promise, rung)
        everything = np.ones(len(right), dtype=bool)
        bar = 12 * rung.quantum / rung.step + 3e-8 * np.abs(slope)
        self._note(everything, slope, bar)
        self.evidence.state[right] = PASSED
        self.rungs = [] if self.straight else [rung]

    def at_second(self) -> None:
        """The second rung, for the groups in which a line is open."""
        groups = self._open_groups()
        if not len(groups):
            return
        lines = self._lines(groups)
        bundles = [self.bundles[group] for group in groups]
        ladder = ladder_of(self.probe.unit)
        first = self.rungs[0].at(lines) if self.rungs else self._rung(bundles, ladder.main)
        second = self._rung(bundles, ladder.second)
        found = estimate(stack([first, second]), measured=False)
        promise = _promise_at(self.promise, lines)
        self._note(
            lines,
            found.value,
            found.bar + allowance(found.value, promise.size, found.terms, promise.largest, self.unit),
        )
        self._measure_again()
        promise = _promise_at(self.promise, lines)
        right = agrees_at_second(promise, found, first, second) & self.evidence.open[lines]
        self.evidence.state[np.flatnonzero(lines)[right]] = PASSED
        self.rungs = [_spread(each, lines) for each in (first, second)]

    def one_by_one(self) -> None:
        """The whole ladder, in batches that grow, for the groups that are still open."""
        size = FIRST_BATCH
        while len(groups := self._open_groups()) and not self.probe.subject.exhausted:
            worst = np.where(self.evidence.open, self.evidence.excess(), -1.0).reshape(-1, self.partition.blocks)
            order = groups[np.argsort(-worst[groups].max(1), kind="stable")][:size]
            lines = self._judged(self._lines(order))
            sentence = self._climb(np.sort(order), lines)
            self._accept(lines, sentence)
            self._second_opinions(lines)
            self._learn(sentence)
            size *= 2

    def _climb(self, groups: Integers, lines: Booleans) -> Sentence:
        bundles = [self.bundles[group] for group in groups]
        some = lines.reshape(-1, self.partition.blocks)[groups].reshape(-1)
        return climb(self.probe, self.partition, bundles, _promise_at(self.promise, lines), some)

    def _judged(self, lines: Booleans) -> Booleans:
        """Those lines that are open, and enough others to tell how noisy the forward is."""
        others = np.flatnonzero(lines & ~self.evidence.open)
        judged = lines & self.evidence.open
        judged[others[:: max(1, len(others) // ENOUGH)]] = True
        return judged

    def _second_opinions(self, lines: Booleans) -> None:
        """Look again with steps in other units where those of the scale did not settle it.

        In units of the element itself where it is tiny against its scale (``log`` and ``sqrt`` near zero need it; an
        element fails only by both opinions). In units of 1 where the scale itself is tiny and the output does not move.
        """
        size = np.abs(self.probe.work[self.path].reshape(-1)[self.evidence.index]).astype(np.float64)
        unsure = np.isin(self.evidence.state, (ZERO, UNNOTICED, FAILED))
        tiny = np.flatnonzero((size > 0) & (size < TINY * self.scales) & lines & unsure)[:MOST_TINY]
        self._look_again(tiny, np.ldexp(0.5, np.frexp(size[tiny])[1]))
        still = np.isin(self.evidence.state, (ZERO, UNNOTICED)) & lines & (self.scales < SMALL_SCALE)
        others = np.flatnonzero(still)[:MOST_TINY]
        self._look_again(others, np.ones(len(others)))

    @cached_property
    def finest(self) -> Partition:
        """The finest partition there is, also where finding it costs more than it saves."""
        return find_partition(self.probe, self.path, np.random.default_rng(0), at_any_cost=True)

    def _look_again(self, lines: Integers, units: Array) -> None:
        """Some elements, each with steps in a unit of its own; together, where they move outputs of their own."""
        if not len(lines):
            return
        members = self.finest.members
        place = np.empty(members.size, dtype=np.intp)
        place[members.reshape(-1)] = np.arange(members.size)
        groups, blocks = np.divmod(place[self.evidence.index[lines]], self.finest.blocks)
        for group in np.unique(groups):
            mine = np.flatnonzero(groups == group)
            mine = mine[np.argsort(blocks[mine])]
            weight = np.zeros(self.finest.blocks)
            weight[blocks[mine]] = units[mine]
            bundle = Bundle((Move(self.path, members[group], weight),), len(weight))
            self._take_over(lines[mine], units[mine], bundle, weight != 0)

    def _take_over(self, lines: Integers, units: Array, bundle: Bundle, moved: Booleans) -> None:
        """What the ladder says of some elements that move; it counts where it settles what was not settled."""
        largest = np.zeros((len(self.gradients), bundle.lines))
        largest[:, moved] = self.promise.largest[:, lines] * units / self.scales[lines]
        promise = _promise_at(promise_of([bundle], self.gradients, self.unit, largest), moved)
        sentence = climb(self.probe, self.finest, [bundle], promise, moved)
        failed = self.evidence.state[lines] == FAILED
        error = np.abs(self.evidence.analytic[:, lines] - self.evidence.numeric[:, lines])
        sharper = ~failed | (sentence.bar / units <= SHARPER * error).any(0)
        settled = np.where(failed, sentence.state == ZERO, sentence.state == FAILED)
        taken = (settled | np.isin(sentence.state, (PASSED, KINK))) & sharper
        self.evidence.state[lines[taken]] = sentence.state[taken]
        for name in ("numeric", "bar", "low", "high"):
            values = getattr(sentence, "value" if name == "numeric" else name) / units
            getattr(self.evidence, name)[:, lines[taken]] = values[:, taken]

    def _accept(self, lines: Booleans, sentence: Sentence) -> None:
        """Take over what the ladder said about the lines that were open."""
        mine = self.evidence.open[lines]
        where = np.flatnonzero(lines)[mine]
        self.evidence.state[where] = sentence.state[mine]
        scales = self.scales[where]
        for name in ("numeric", "bar", "low", "high"):
            values = getattr(sentence, "value" if name == "numeric" else name)
            getattr(self.evidence, name)[:, where] = values[:, mine] / scales

    def _learn(self, sentence: Sentence) -> None:
        """Judge the open lines again by their two rungs, with the noise that the ladder measured."""
        lines = self.evidence.open
        if not lines.any() or len(self.rungs) < 2:
            return
        first, second = (each.at(lines) for each in self.rungs)
        found = estimate(stack([first, second]), sentence.unit, measured=False)
        self._measure_again()
        promise = _promise_at(self.promise, lines)
        accept = found.bar + allowance(found.value, promise.size, found.terms, promise.largest, self.unit)
        error = np.abs(promise.slope - found.value)
        self._note(lines, found.value, accept)
        sharp = (accept <= BLURRED * np.maximum(np.abs(found.value), promise.largest)).all(0)
        curved = np.abs(second.plus + second.minus) > np.abs(first.plus + first.minus) / 16 + 24 * second.quantum
        bends = (curved & (np.abs(second.plus + second.minus) > 2.0**-9 * np.abs(second.plus - second.minus))).any(0)
        where = np.flatnonzero(lines)
        self.evidence.state[where[(error <= accept).all(0) & sharp & ~bends]] = PASSED
        if (sentence.state == FAILED).any():
            wrong = (error > CLEARLY_WRONG * accept).any(0) & sharp & ~bends
            self.evidence.state[where[wrong]] = FAILED

    def _measure_again(self) -> None:
        """The size of the largest gradient, with what is known by now."""
        found = reference(self.promise.slope, self.evidence.numeric * self.scales, self.scales)
        self.promise = evolve(self.promise, largest=np.maximum(found, self.largest) * self.scales)

    def _rung(self, bundles: Sequence[Bundle], exponent: int, *, both: bool = True) -> Rung:
        return self.probe.rung(self.partition, bundles, exponent, both=both)

    def _note(self, lines: Booleans, value: Array, bar: Array) -> None:
        self.evidence.numeric[:, lines] = value / self.scales[lines]
        self.evidence.bar[:, lines] = bar / self.scales[lines]

    def _open_groups(self) -> Integers:
        return np.flatnonzero((self.evidence.state == UNDECIDED).reshape(-1, self.partition.blocks).any(1))

    def _lines(self, groups: Integers) -> Booleans:
        lines = np.zeros((len(self.bundles), self.partition.blocks), dtype=bool)
        lines[groups] = True
        return lines.reshape(-1)


def _spread(rung: Rung, lines: Booleans) -> Rung:
    """Put the lines of a rung back among all lines."""

    def spread(part: Array) -> Array:
        full = np.full((len(part), len(lines)), np.nan)
        full[:, lines] = part
        return full

    return rung.changed(spread)


def _promise_at(promise: Promise, lines: Booleans) -> Promise:
    return evolve(
        promise, slope=promise.slope[:, lines], size=promise.size[:, lines], largest=promise.largest[:, lines]
    )
