"""The dot-product test: ``⟨u, Jv⟩ = ⟨Jᵀu, v⟩`` to round-off, where a layer offers forward mode beside its pullback.

Two derivations of the same Jacobian, written by hand and independent of one another, hardly ever share a mistake
(Claerbout 1992, "Earth Soundings Analysis", chapter 5: the dot-product test).
"""

from __future__ import annotations

import math
from typing import Protocol, runtime_checkable

import numpy as np
from attrs import frozen

from nnframe.arrays import Array
from nnframe.composition.tree import convert
from nnframe.errors import VerificationError
from nnframe.interfaces import AnyLayer, Builder, Context

__all__ = ["DotProducts", "Pushforward", "dot_product_test"]

UNITS = 64.0


@runtime_checkable
class Pushforward(Protocol):
    """What a layer may offer beside ``forward``: the derivative along a direction, without a pullback."""

    def pushforward(self, parameters: object, x: object, d_parameters: object, dx: object, context: Context) -> Array:
        """Return ``J (d_parameters, dx)``, of the shape of the output.

        ``d_parameters`` has the class of the parameters, ``dx`` the shape of the input.
        """
        ...


@frozen
class DotProducts:
    """Both sides of the test.

    Attributes:
        forward: ``⟨u, Jv⟩``, by the pushforward.
        backward: ``⟨Jᵀu, v⟩``, by the pullback.
        round_off: How far they may be apart.

    >>> DotProducts(1.0, 1.5, 1e-12).agree
    False
    """

    forward: float
    backward: float
    round_off: float

    @property
    def agree(self) -> bool:
        """Whether both are the same to round-off."""
        return abs(self.forward - self.backward) <= self.round_off


def dot_product_test(layer: AnyLayer, x: Array, *, parameters: object = None, seed: int = 0) -> DotProducts:
    """Hold a layer's pushforward and its pullback against one another.

    Args:
        layer: A layer with a method ``pushforward(parameters, x, d_parameters, dx, context)``.
        x: Its input.
        parameters: Its parameters; None to let it initialise them.
        seed: Draws initial values and directions.

    Raises:
        VerificationError: The layer has no pushforward.
    """
    if not isinstance(layer, Pushforward):
        raise VerificationError(f"{type(layer).__name__} has no method pushforward, which this test compares with")
    rng = np.random.default_rng(seed)
    if parameters is None:
        parameters = layer.build(x, Builder(np.random.default_rng(seed)))[0]
    directions: list[Array] = []

    def draw(array: Array) -> Array:
        directions.append(rng.normal(size=array.shape).astype(array.dtype))
        return directions[-1]

    d_parameters, dx = convert(parameters, draw), rng.normal(size=x.shape).astype(x.dtype)
    context = Context(training=True, rng=np.random.default_rng(seed))
    tangent = layer.pushforward(parameters, x, d_parameters, dx, context)
    result, pullback = layer.run(parameters, x, Context(training=True, rng=np.random.default_rng(seed)))
    output = np.asarray(result)
    upstream: Array = np.asarray(rng.normal(size=output.shape), output.dtype)
    if np.shape(tangent) != upstream.shape:
        raise VerificationError(
            f"pushforward must return shape {upstream.shape}, like forward, not {np.shape(tangent)}"
        )
    input_gradient, gradient = pullback(upstream)
    gradients: list[Array] = []
    convert(gradient, lambda array: gradients.append(array) or array)  # type: ignore[func-returns-value]
    terms = [np.ravel(upstream * tangent), np.ravel(np.asarray(input_gradient) * dx)]
    terms += [np.ravel(g * d) for g, d in zip(gradients, directions, strict=True)]
    size = max(float(np.abs(terms[0]).sum()), sum(float(np.abs(each).sum()) for each in terms[1:]))
    unit = float(np.finfo(upstream.dtype).eps)
    both = math.fsum(terms[0].tolist()), math.fsum(value for each in terms[1:] for value in each.tolist())
    return DotProducts(*both, UNITS * unit * size)
