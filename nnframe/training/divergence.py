"""A loss that grows beyond what can be squared: a warning, once a run, that names the first layer that grew."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import numpy as np
from attrs import define, field

from nnframe.arrays import Array
from nnframe.composition import Network
from nnframe.composition.examples import Examples, count, take
from nnframe.composition.tree import dotted
from nnframe.errors import warn_user
from nnframe.interfaces import Batch, Context, LayerRun
from nnframe.interfaces.part import brief

__all__ = ["Divergence"]

GROWN = 1e3
"""How many times as large as at the start (and as 1) a loss, or a layer's parameters, are that have grown."""


@define(eq=False)
class Divergence:
    """Watches the loss of a run.

    Attributes:
        network: What is trained.
        limit: A loss of this size has diverged: a thousand times the first of the run, and too large to be squared in
            the model's dtype. 0 before the first.
        sizes: The largest element of each parameter at the start.
        warned: Whether it has been said.
    """

    network: Network
    limit: float = 0.0
    sizes: Mapping[str, float] = field(init=False)
    warned: bool = False

    def __attrs_post_init__(self) -> None:
        self.sizes = {each.path: _largest(each.value) for each in self.network.trained}

    @property
    def _square(self) -> float:
        return math.sqrt(float(np.finfo(self.network.dtype).max))

    def look(self, loss: float, batch: Batch, size: int | None, where: str) -> None:
        """Warn once of a loss beyond the limit, which the first loss sets.

        Args:
            loss: The loss of a step.
            batch: What it belongs to.
            size: How many examples of it are computed at a time; None for all.
            where: The step and the epoch, for the message.
        """
        if not self.limit and math.isfinite(loss):
            self.limit = max(self._square, GROWN * abs(loss))
            return
        if self.warned:
            return
        self.warned = True
        warn_user(
            f"the loss is {loss:.4g} at {where}: training diverges; {self._find_cause(batch, size)}. Lower the "
            "learning rate, clip the gradients (clipping={'global_norm': 1.0}), or scale the data; the callback "
            "'terminate_on_nan' stops such a run"
        )

    def _find_cause(self, batch: Batch, size: int | None) -> str:
        found = _Outputs(math.sqrt(self._square))
        examples = cast("Examples", batch.x)
        with np.errstate(all="ignore"):
            for start in range(0, count(examples), size or count(examples)):
                rows = slice(start, start + (size or count(examples)))
                context = Context(mask=None if batch.mask is None else batch.mask[rows], observer=found)
                self.network.layer.run(self.network.tree, take(examples, rows), context)
            for path, layer in found.layers.items():
                grown = self._growth(path)
                if not grown < GROWN:
                    return (
                        f"the first layer that grew is {path}, {layer}, whose parameters are {grown:.3g} times as large"
                    )
                if path in found.large:
                    return f"the first layer that grew is {path}, {layer}, whose output is {found.large[path]:.3g}"
        return (
            f"no layer has grown: it is the loss, {brief(self.network.loss)}" if self.network.loss else "no layer grew"
        )

    def _growth(self, path: str) -> float:
        """Return how many times as large as at the start the parameters of a layer are."""
        return max(
            (
                _largest(each.value) / max(self.sizes[each.path], 1.0)
                for each in self.network.trained
                if each.path.rpartition(".")[0] == path
            ),
            default=0.0,
        )


@define(eq=False)
class _Outputs:
    """Sees each layer that is no combinator, and whose output is too large although its input is not.

    Attributes:
        limit: What is too large to be squared twice.
        layers: What each layer is, in the order in which they were run.
        large: The largest element of the output of each of them that made a large one of a small input.
    """

    limit: float
    layers: dict[str, str] = field(factory=dict)
    large: dict[str, float] = field(factory=dict)

    def after_forward(self, run: LayerRun) -> None:
        if run.layer.children:
            return
        path = dotted(run.path)
        self.layers[path] = brief(run.layer)
        largest = _largest(run.output)
        if not largest < self.limit and _largest(run.x) < self.limit:
            self.large[path] = largest

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        """Only outputs are looked at."""


def _largest(value: object) -> float:
    """Return the largest absolute value of arrays; nan where one is not a number, 0 where there is none."""
    if isinstance(value, tuple):
        sizes = [_largest(member) for member in value]
        return math.nan if any(math.isnan(size) for size in sizes) else max(sizes, default=0.0)
    if not isinstance(value, np.ndarray) or not value.size:
        return 0.0
    array: Array = value
    return float(max(array.max(), -array.min()))
