"""Layer: the contract of a layer, and AnyLayer, the same layer with its types hidden."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic, cast, final

from numpy.random import Generator
from typing_extensions import TypeAliasType, TypeVar

from nnframe.arrays import Array
from nnframe.errors import ContractError
from nnframe.interfaces.builder import Builder, build_layer, describe
from nnframe.interfaces.context import Context
from nnframe.interfaces.observer import LayerRun
from nnframe.interfaces.parameters import NoParameters
from nnframe.interfaces.part import Part
from nnframe.interfaces.unrolled import Unrolled

__all__ = ["AnyLayer", "AnyPullback", "AnyResult", "Layer", "Pullback", "Result"]

P = TypeVar("P", default=NoParameters)
X = TypeVar("X", default=Array)
DX = TypeVar("DX", default=X)
D = TypeVar("D", default=Array)

Pullback = TypeAliasType("Pullback", Callable[[Array], tuple[D, P]], type_params=(P, D))
"""upstream -> (gradient with respect to the input, gradient with respect to the parameters)."""

Result = TypeAliasType("Result", tuple[Array, Callable[[Array], tuple[D, P]]], type_params=(P, D))
"""What ``forward`` returns: the output and its pullback. ``Result[P]``, or ``Result[P, DX]``."""

AnyPullback = Callable[[object], tuple[object, object]]
AnyResult = tuple[object, AnyPullback]


class AnyLayer(Part):
    """A layer, or a structure of layers, with its types hidden behind ``object``: what combinators hold."""

    __slots__ = ()
    kind: ClassVar[str] = "layer"

    @property
    def straight_through(self) -> bool:
        """Whether the pullback is declared to be, on purpose, not the derivative: verifiers report it as declared."""
        return False

    @property
    def batch_independent(self) -> bool:
        """Whether an example's output depends on that example alone; batch normalization declares otherwise."""
        return all(child.batch_independent for _, child in self.children)

    @property
    def children(self) -> tuple[tuple[str | int, AnyLayer], ...]:
        """The layers inside, each with its step of the path; their parameters stand in a tuple of this order."""
        return ()

    def unrolled(self, x: object, context: Context) -> Unrolled | None:
        """The layer at ``x`` as steps that can be taken by themselves; None where it is not made of such."""
        return None

    @abstractmethod
    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        """Return the initial parameters for inputs like the example ``x``, and the output at ``x``."""

    @abstractmethod
    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        """Return the output and its pullback."""


class Layer(AnyLayer, Generic[P, X, DX]):
    """A layer with parameters of class ``P``, which takes ``X`` and gives back a gradient ``DX`` of that.

    ``P`` is an attrs class of arrays (``@frozen(eq=False)``; by default none), ``X`` what it takes (by default an
    array; integers, or a tuple of arrays), ``DX`` the gradient of that (by default ``X``; ``None`` for integers).

    >>> import numpy as np
    >>> from attrs import frozen
    >>> @frozen(eq=False)
    ... class Gain:
    ...     scale: Array                               # (features,)
    >>> @frozen
    ... class Scale(Layer[Gain]):
    ...     '''y = scale * x, feature by feature.'''
    ...     def initialize(self, x: Array, rng: Generator) -> Gain:
    ...         return Gain(np.ones(x.shape[-1]))
    ...     def forward(self, parameters: Gain, x: Array, context: Context) -> Result[Gain]:
    ...         def pullback(dy: Array) -> tuple[Array, Gain]:
    ...             return dy * parameters.scale, Gain((dy * x).reshape(-1, x.shape[-1]).sum(0))
    ...         return x * parameters.scale, pullback
    >>> y, pullback = Scale().forward(Gain(np.array([2.0, 3.0])), np.ones((1, 2)), Context())
    >>> dx, gradient = pullback(np.ones((1, 2)))
    >>> y, dx, gradient.scale
    (array([[2., 3.]]), array([[2., 3.]]), array([1., 1.]))
    """

    __slots__ = ()

    @abstractmethod
    def initialize(self, x: X, rng: Generator) -> P:
        """Return initial parameters for inputs like the example ``x`` (float64; the model casts them)."""

    @abstractmethod
    def forward(self, parameters: P, x: X, context: Context) -> Result[P, DX]:
        """Return the output at ``x`` and its pullback: upstream -> (input gradient, parameter gradient).

        A pure function: it changes none of its arguments and keeps nothing.
        """

    @final
    def build(self, x: object, builder: Builder) -> tuple[object, object]:
        return build_layer(self, cast("Callable[[object, Generator], object]", self.initialize), x, builder)

    @final
    def run(self, parameters: object, x: object, context: Context) -> AnyResult:
        if context.observer is None:  # a cast is a call, and this is called for every layer and step
            return self.forward(parameters, x, context)  # type: ignore[arg-type, return-value]
        forward = cast("Callable[[object, object, Context], AnyResult]", self.forward)
        return _observed(self, forward, parameters, x, context)


def _observed(
    layer: AnyLayer,
    forward: Callable[[object, object, Context], AnyResult],
    parameters: object,
    x: object,
    context: Context,
) -> AnyResult:
    observer = context.observer
    assert observer is not None
    state = context.rng.bit_generator.state if context.has_rng else None
    run = LayerRun(context.path, layer, parameters, x, context, state)
    run.output, pullback = forward(parameters, x, context)
    observer.after_forward(run)

    def observed(upstream: object) -> tuple[object, object]:
        input_gradient, gradient = _call_pullback(layer, pullback, upstream)
        observer.after_pullback(run, upstream, input_gradient, gradient)
        return input_gradient, gradient

    return run.output, observed


def _call_pullback(layer: AnyLayer, pullback: Callable[[object], object], upstream: object) -> tuple[object, object]:
    name = f"the pullback of {type(layer).__name__}"
    try:
        gradients = pullback(upstream)
    except TypeError as error:
        if error.__traceback__ is None or error.__traceback__.tb_next is not None:
            raise  # it came from inside the pullback
        raise ContractError(f"{name} must take one argument, the upstream: {error}") from error
    if not isinstance(gradients, tuple | list) or len(gradients) != 2:
        raise ContractError(
            f"{name} must return (input gradient, parameter gradient), a tuple of two, and returned "
            f"{describe(gradients)}"
        )
    return gradients[0], gradients[1]
