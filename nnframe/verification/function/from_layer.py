"""Parts of the framework as functions under test: a layer with its parameters and input, a loss, several outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast
from weakref import ReferenceType, ref

import numpy as np
from attrs import define, field, frozen

from nnframe.arrays import Array
from nnframe.composition.tree import Leaf, convert, dotted, leaves
from nnframe.errors import ConfigurationError, VerificationError
from nnframe.interfaces import AnyLayer, AnyResult, Context, Loss
from nnframe.verification.budget import Budget
from nnframe.verification.function.function import FunctionUnderTest, Pull, Steps, Values, read_array

__all__ = ["LayerCall", "find_steps", "make_layer_function", "make_loss_function", "name_inputs"]

Run = Callable[[object, object], AnyResult]
"""(parameters, x) -> (output, pullback): a layer with its context."""


@frozen(eq=False)
class _Input:
    """The arrays of an input, by path, and the way back."""

    x: object

    def arrays(self) -> dict[str, Array]:
        """The real arrays by path; integers are not among them."""
        return {
            name: np.asarray(value)
            for name, value in zip(name_inputs(self.x), self.members(), strict=True)
            if np.asarray(value).dtype.kind == "f"
        }

    def members(self) -> tuple[object, ...]:
        return self.x if isinstance(self.x, tuple) else (self.x,)

    def back(self, values: Values) -> object:
        """The input in its own form, with other values."""
        given = tuple(values.get(name, each) for name, each in zip(name_inputs(self.x), self.members(), strict=True))
        return given if isinstance(self.x, tuple) else given[0]

    def gradients(self, gradient: object) -> dict[str, object]:
        parts = gradient if isinstance(self.x, tuple) and isinstance(gradient, tuple) else (gradient,)
        return dict(zip(name_inputs(self.x), parts, strict=False))


def name_inputs(x: object) -> tuple[str, ...]:
    """``"input"``, or ``"input.0"``, ``"input.1"``, ... for several."""
    return tuple(f"input.{number}" for number in range(len(x))) if isinstance(x, tuple) else ("input",)


@define(eq=False)
class LayerCall:
    """Calls a layer with parameters and an input that are made of arrays by path.

    The tree of parameters is kept from the second call with the same arrays on: elements move in place. After a single
    call nothing is kept, so that nothing stays in memory.
    """

    run: Run
    tree: object
    x: _Input
    places: list[Leaf]
    _values: Values | None = None
    _made: tuple[object, object] = (None, None)
    _last: tuple[ReferenceType[Array], ...] = ()
    _replacements: dict[int, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._replacements = {}
        for leaf in self.places:
            self._replacements.setdefault(id(leaf.array), dotted(leaf.path))

    def __call__(self, values: Values) -> tuple[object, Pull]:
        output, pullback = self.run(*(self._made if values is self._values else self._make(values)))
        several = isinstance(output, tuple)

        def pull(upstream: Array) -> dict[str, object]:
            input_gradient, gradient = pullback(part_upstream(upstream, output) if several else upstream)
            return {**self._gradients(gradient), **self.x.gradients(input_gradient)}

        return join_outputs(output) if several else output, pull

    def _make(self, values: Values) -> tuple[object, object]:
        arrays = tuple(values.values())
        again = len(arrays) == len(self._last) and all(a is last() for a, last in zip(arrays, self._last, strict=True))
        made = self._tree(values), self.x.back(values)
        self._last = tuple(map(ref, arrays))
        self._values, self._made = (values, made) if again else (None, (None, None))
        return made

    def _tree(self, values: Values) -> object:
        def change(array: Array) -> Array:
            return values.get(self._replacements.get(id(array), ""), array)

        return convert(self.tree, change)

    def _gradients(self, gradient: object) -> dict[str, object]:
        found: dict[str, object] = {}
        for leaf in self.places:
            if leaf.statistic:
                continue
            path = self._replacements[id(leaf.array)]
            part = _part(gradient, leaf.access)
            found[path] = part if path not in found else cast("Array", found[path]) + cast("Array", part)
        return found


def _part(gradient: object, access: tuple[int | str, ...]) -> object:
    for step in access:
        if gradient is None:
            return None
        gradient = gradient[step] if isinstance(step, int) else getattr(gradient, step, None)  # type: ignore[index]
    return gradient


def make_layer_function(layer: AnyLayer, run: Run, tree: object, x: object, budget: Budget) -> FunctionUnderTest:
    """Return a layer as a function of its parameters by name, and of ``"input"``."""
    source = _Input(x)
    places = list(leaves(layer, tree))
    call = LayerCall(run, tree, source, places)
    parameters: dict[str, Array] = {}
    seen: set[int] = set()
    for leaf in places:
        if leaf.array.dtype.kind == "f" and not leaf.statistic and id(leaf.array) not in seen:
            parameters[dotted(leaf.path)] = leaf.array
            seen.add(id(leaf.array))
    refuse_taken_names(parameters, name_inputs(x))
    return FunctionUnderTest({**parameters, **source.arrays()}, call, budget)


def find_steps(layer: AnyLayer, tree: object, x: object, context: Context) -> Steps | None:
    """A layer that is made of steps, as all of them at once; None where it is none, or its input is none of numbers."""
    if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
        return None
    unrolled = layer.unrolled(x, context)
    if unrolled is None:
        return None
    states = np.zeros(unrolled.before.shape)
    return Steps(
        LayerCall(unrolled.run, tree, _Input((x, states)), list(leaves(layer, tree))), unrolled.before, unrolled.shown
    )


def refuse_taken_names(parameters: Iterable[str], names: Sequence[str]) -> None:
    """Refuse parameters that are called as the input is in a report."""
    for name in parameters:
        if name in names:
            raise ConfigurationError(
                f"expected no parameter called {name!r}, as the gradient of the input is called in a report: "
                "verify it under another name"
            )


def make_loss_function(loss: Loss[object], prediction: Array, target: object, budget: Budget) -> FunctionUnderTest:
    """Return a loss as a function of its prediction; the target stays as it is."""
    if not isinstance(prediction, np.ndarray) or prediction.dtype.kind != "f":
        raise VerificationError(f"expected an array of real numbers as prediction, got {type(prediction).__name__}")
    prediction = read_array(prediction, "prediction")
    read_array(target, "target")

    def call(values: Mapping[str, Array]) -> tuple[object, Pull]:
        losses, pullback = loss.forward(values["prediction"], target)
        return losses, lambda upstream: {"prediction": pullback(upstream)}

    return FunctionUnderTest({"prediction": prediction}, call, budget)


def join_outputs(outputs: object) -> Array:
    """All numbers of a tuple of arrays, or of tuples of arrays, one after the other.

    >>> join_outputs((np.array([[1.0, 2.0]]), (np.array([3.0]), np.array(4.0))))
    array([1., 2., 3., 4.])
    """
    if isinstance(outputs, tuple):
        return np.concatenate([join_outputs(each) for each in outputs]) if outputs else np.zeros(0)
    array = np.asarray(outputs)
    if array.dtype.kind != "f":
        raise VerificationError(f"expected outputs of real numbers, got one of dtype {array.dtype}")
    return cast("Array", array).reshape(-1)


def part_upstream(upstream: Array, outputs: object) -> object:
    """The parts of a flat array, in the form, the shapes and the dtypes of some outputs.

    >>> part_upstream(np.array([1.0, 2.0, 3.0]), (np.zeros((1, 2)), np.zeros(1)))
    (array([[1., 2.]]), array([3.]))
    """
    if not isinstance(outputs, tuple):
        like = np.asarray(outputs)
        return upstream.reshape(like.shape).astype(like.dtype)
    parts, start = [], 0
    for each in outputs:
        size = join_outputs(each).size
        parts.append(part_upstream(upstream[start : start + size], each))
        start += size
    return tuple(parts)
