"""GradientMonitor: whether gradients reach every layer, and whether every unit is ever used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import attrs
import numpy as np
from attrs import define, frozen

from nnframe.arrays import Array, Booleans
from nnframe.callbacks.gradient_report import GradientReport, LayerRow, UnitsRow, Verdict
from nnframe.checks import finite, not_negative, positive, truth, whole_from_one, whole_from_zero
from nnframe.composition.tree import Path, dotted
from nnframe.errors import FileFormatError
from nnframe.interfaces import AnyLayer, Callback, Context, LayerRun, Moment
from nnframe.interfaces.part import brief
from nnframe.layers import Activation

if TYPE_CHECKING:
    from nnframe.composition import Network

__all__ = ["GradientMonitor", "LayerNorms", "Watched"]


_LARGEST_LOGARITHM = 709.0


@define(on_setattr=[])  # counted at every step
class LayerNorms:
    """The gradient norms of one layer: how many, their sum, the sum of their logarithms, the largest.

    Attributes:
        size: How many parameters the layer has.
        zeros, broken: How many of the norms were 0, or not finite; these are in no sum.
    """

    size: int = attrs.field(validator=whole_from_one)
    count: int = attrs.field(default=0, validator=whole_from_zero)
    total: float = attrs.field(default=0.0, validator=not_negative)
    logarithms: float = attrs.field(default=0.0, validator=finite)
    largest: float = attrs.field(default=0.0, validator=not_negative)
    zeros: int = attrs.field(default=0, validator=whole_from_zero)
    broken: int = attrs.field(default=0, validator=whole_from_zero)

    @property
    def mean(self) -> float:
        """The mean of those that were finite."""
        return self.total / max(self.count - self.broken, 1)

    @property
    def typical(self) -> float:
        """The geometric mean of those that were finite and not 0."""
        return math.exp(min(self.logarithms / max(self.count - self.broken - self.zeros, 1), _LARGEST_LOGARITHM))

    def add(self, norm: float) -> None:
        """Count one more step."""
        self.count += 1
        if not math.isfinite(norm):
            self.broken += 1
        elif not norm:
            self.zeros += 1
        else:
            self.total += norm
            self.logarithms += math.log(norm)
            self.largest = max(self.largest, norm)


@define(eq=False)
class Watched:
    """What was seen: the norms of each layer; of this epoch, the squared norms of the whole, and the units in use.

    Attributes:
        dead: Of each activation, how many units the last whole epoch never used, and how many there are.
    """

    layers: dict[str, LayerNorms]
    squares: list[float] = attrs.field(factory=list)
    used: dict[str, Booleans] = attrs.field(factory=dict)
    dead: dict[str, list[int]] = attrs.field(factory=dict)


@frozen
class GradientMonitor(Callback[Watched]):
    """Watches the norm of the gradient in each layer, and which units of each activation are ever other than 0.

    Prints a table at the end, leaves it in ``history.reports["gradient_monitor"]`` as data, and adds
    ``gradient_norm``, the root mean square over the steps watched, to the numbers of each epoch.

    Layers are compared by g = mean norm / √size. With the last layer's g as 1, a layer *vanishes* where g is below
    ``vanishing``, and *explodes* where it is above ``exploding``, where its largest norm is that much above its
    geometric mean, or where a norm was not finite. A unit is *dead* that was exactly 0 for every example of the last
    epoch that was watched, as a rectifier's is whose input never becomes positive (Maas et al. 2013).

    Args:
        every: Of how many steps one is watched; it costs another forward.
        vanishing, exploding: The two ratios.
        table: Whether to print the table.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(3, bias_initializer={"name": "constant", "value": -9.0}), "relu6", Dense(1)], loss="mse",
    ...               input_shape=(1,))
    >>> history = model.fit([[1.0]], [[1.0]], callbacks=[GradientMonitor(table=False)], progress=False)
    >>> for row in history.reports["gradient_monitor"].units:
    ...     print(row)
    UnitsRow(path='1', part='ReLU6()', units=3, dead=3)
    """

    every: int = attrs.field(default=10, validator=whole_from_one)
    vanishing: float = attrs.field(default=1e-4, validator=positive)
    exploding: float = attrs.field(default=1e4, validator=positive)
    table: bool = attrs.field(default=True, validator=truth)

    def start(self, moment: Moment) -> Watched:
        sizes: dict[str, int] = {}
        for path, parameter in moment.model.parameters.items():
            if parameter.trainable and not parameter.statistic:
                layer = _layer_of(path)
                sizes[layer] = sizes.get(layer, 0) + parameter.value.size
        return Watched({path: LayerNorms(size) for path, size in sizes.items()})

    def check_state(self, state: Watched, moment: Moment, epoch: int) -> None:
        sizes = {path: each.size for path, each in self.start(moment).layers.items()}
        if {path: each.size for path, each in state.layers.items()} != sizes:
            raise FileFormatError("the gradient monitor has watched other layers")
        parts, outputs = dict(_parts(moment.model.layer)), cast("Network", moment.model).structure.outputs
        widths = {dotted(path): np.asarray(output).shape[-1:] for path, output in outputs.items()}
        for path, used in state.used.items():
            if path not in parts or used.shape != widths.get(path):
                raise FileFormatError(f"the gradient monitor has watched no such activation as {path!r:.60}")
        if not all(path in parts and len(counts) == 2 for path, counts in state.dead.items()):
            raise FileFormatError("the gradient monitor has counted the dead units of no such activation")

    def before_epoch(self, state: Watched, moment: Moment) -> None:
        state.squares, state.used = [], {}

    def before_update(self, state: Watched, moment: Moment) -> None:
        if moment.step % self.every:
            return
        squares = dict.fromkeys(state.layers, 0.0)
        for path, parameter in moment.model.parameters.items():
            if parameter.trainable and not parameter.statistic:
                squares[_layer_of(path)] += _square(parameter.gradient)
        for path, square in squares.items():
            state.layers[path].add(math.sqrt(square))
        state.squares.append(sum(squares.values()))
        if moment.batch is not None:
            context = Context(mask=moment.batch.mask, observer=_Units(state.used))
            moment.model.layer.run(moment.model.tree, moment.batch.x, context)

    def after_epoch(self, state: Watched, moment: Moment) -> None:
        moment.logs[moment.label(self, "gradient_norm")] = math.sqrt(sum(state.squares) / max(len(state.squares), 1))
        state.dead = {path: [int((~used).sum()), used.size] for path, used in state.used.items()}

    def finish(self, state: Watched, moment: Moment) -> None:
        parts = dict(_parts(moment.model.layer))
        units = tuple(UnitsRow(path, parts[path], count, dead) for path, (dead, count) in state.dead.items())
        report = GradientReport(tuple(self._rows(state)), units)
        moment.reports[moment.label(self, "gradient_monitor")] = report
        if self.table:
            from rich.console import Console

            Console().print(report)

    def _rows(self, state: Watched) -> Iterator[LayerRow]:
        typical = {path: each.mean / math.sqrt(each.size) for path, each in state.layers.items()}
        last = next((value for value in reversed(typical.values()) if value), 1.0)
        for path, each in state.layers.items():
            ratio = typical[path] / last
            yield LayerRow(path, each.size, each.mean, each.largest, ratio, self._verdict(each, ratio))

    def _verdict(self, norms: LayerNorms, ratio: float) -> Verdict:
        if not norms.count:
            return "not watched"
        if norms.broken:
            return "not finite"
        if norms.zeros == norms.count:
            return "no gradient"
        if ratio > self.exploding or norms.largest > self.exploding * norms.typical:
            return "exploding"
        return "vanishing" if ratio < self.vanishing else "ok"


@frozen(eq=False)
class _Units:
    """Sees which units of each activation are used."""

    used: dict[str, Booleans]

    def after_forward(self, run: LayerRun) -> None:
        if isinstance(run.layer, Activation) and isinstance(run.output, np.ndarray):
            path, now = dotted(run.path), (run.output != 0).reshape(-1, run.output.shape[-1]).any(axis=0)
            self.used[path] = self.used[path] | now if path in self.used else now

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        """Only outputs are looked at."""


def _layer_of(path: str) -> str:
    return path.rpartition(".")[0]


def _square(gradient: Array) -> float:
    flat = gradient.astype(np.float64, copy=False).ravel()
    with np.errstate(all="ignore"):
        return float(flat.dot(flat))


def _parts(layer: AnyLayer, path: Path = ()) -> Iterator[tuple[str, str]]:
    """Iterate over the activations of a structure: path, and what it is."""
    if isinstance(layer, Activation):
        yield dotted(path), brief(layer.activation)
    for step, child in layer.children:
        yield from _parts(child, (*path, step))
