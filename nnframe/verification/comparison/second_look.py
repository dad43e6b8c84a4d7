"""A second look at elements, with steps in other units, where those of the scale did not settle it.

In units of the element itself where it is tiny against its scale (``log`` and ``sqrt`` near zero need it; an element
fails only by both opinions). In units of 1 where the scale itself is tiny and the output does not move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from attrs import define

from nnframe.arrays import Array, Booleans, Integers
from nnframe.verification.comparison.adaptive import promise_of, refine
from nnframe.verification.comparison.evidence import FAILED, KINK, PASSED, UNNOTICED, ZERO, Evidence
from nnframe.verification.floats.sampling import Draws
from nnframe.verification.numerical.evaluator import Evaluator
from nnframe.verification.numerical.partition import Partition
from nnframe.verification.numerical.perturbation import Bundle, Move
from nnframe.verification.sparsity.detection import find_partition

__all__ = ["SecondLook"]

TINY = 2.0**-6
MOST_TINY = 64
SMALL_SCALE = 2.0**-10
SHARPER = 0.1
"""A second opinion lets a wrong element pass only if its own bar is so much smaller than the error."""


@define(eq=False)
class SecondLook:
    """Looks again at elements of one variable, and changes the evidence on them.

    Args:
        probe: Evaluates the forward.
        path: The variable.
        partition: Which of its elements were moved together.
        gradients: What the pullback gives, one mapping for each upstream.
        unit: The unit round-off of the pullback.
        evidence: What is known so far.
        scales: (lines,) the scale of each element.
    """

    probe: Evaluator
    path: str
    partition: Partition
    gradients: Sequence[Mapping[str, Array]]
    unit: float
    evidence: Evidence
    scales: Array

    def look(self, lines: Booleans, largest: Array) -> None:
        """Look again at those of some lines that need it.

        Args:
            lines: (lines,) which.
            largest: (upstreams, lines) the size of the array's largest gradient, in the units of each line.
        """
        size = np.abs(self.probe.work[self.path].reshape(-1)[self.evidence.index]).astype(np.float64)
        unsure = np.isin(self.evidence.state, (ZERO, UNNOTICED, FAILED))
        tiny = np.flatnonzero((size > 0) & (size < TINY * self.scales) & lines & unsure)[:MOST_TINY]
        self._together(tiny, np.ldexp(0.5, np.frexp(size[tiny])[1]), largest)
        still = np.isin(self.evidence.state, (ZERO, UNNOTICED)) & lines & (self.scales < SMALL_SCALE)
        others = np.flatnonzero(still)[:MOST_TINY]
        self._together(others, np.ones(len(others)), largest)

    @cached_property
    def finest(self) -> Partition:
        """The finest partition there is, also where finding it costs more than it saves."""
        if self.partition.groups == 1 and not self.partition.strips:
            return self.partition
        return find_partition(self.probe, self.path, Draws(0).generator(self.path, "structure"), at_any_cost=True)

    def _together(self, lines: Integers, units: Array, largest: Array) -> None:
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
            self._take_over(lines[mine], units[mine], bundle, largest[:, lines[mine]])

    def _take_over(self, lines: Integers, units: Array, bundle: Bundle, largest: Array) -> None:
        """What the ladder says of some elements that move; it counts where it settles what was not settled."""
        moved = np.asarray(bundle.moves[0].weight != 0)
        every = np.zeros((len(self.gradients), bundle.lines))
        every[:, moved] = largest * units / self.scales[lines]
        promise = promise_of([bundle], self.gradients, self.unit, every).at(moved)
        sentence = refine(self.probe, self.finest, [bundle], promise, moved)
        failed = self.evidence.state[lines] == FAILED
        error = np.abs(self.evidence.analytic[:, lines] - self.evidence.numeric[:, lines])
        sharper = ~failed | (sentence.bar / units <= SHARPER * error).any(0)
        settled = np.where(failed, sentence.state == ZERO, sentence.state == FAILED)
        taken = (settled | np.isin(sentence.state, (PASSED, KINK))) & sharper
        self.evidence.state[lines[taken]] = sentence.state[taken]
        for name in ("numeric", "bar", "low", "high"):
            values = getattr(sentence, "value" if name == "numeric" else name) / units
            getattr(self.evidence, name)[:, lines[taken]] = values[:, taken]
