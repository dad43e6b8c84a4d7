"""SimpleRNN: a state that is one dense layer of the input and the last state."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen

from nnframe.activations import Tanh
from nnframe.arrays import Array, namespace
from nnframe.interfaces import Activation
from nnframe.layers.activation import as_activation
from nnframe.layers.recurrent import Recurrence, Recurrent
from nnframe.layers.states import State, Step

__all__ = ["SimpleRNN"]


@frozen
class SimpleRNN(Recurrent):
    """hₜ = f(xₜ W + hₜ₋₁ U + b), from h₋₁ = 0.

    Source: Elman 1990. (batch, length, features) -> (batch, length, units), or the last (batch, units). A padded step
    (``context.mask`` is False) leaves the state as it is.

    Args:
        units: The length of the state.
        return_sequences: Whether the output is the state after every step, not only the last.
        backwards: Whether time runs from the end to the start; a sequence is returned in the order of the input.
        activation: f, by default tanh.
        input_initializer, recurrent_initializer, bias_initializer: Where W, U and b begin.

    >>> import numpy as np
    >>> from nnframe.interfaces import Context
    >>> weights = Recurrence(np.ones((1, 1)), np.ones((1, 1)), np.zeros(1))
    >>> SimpleRNN(1, activation="identity").forward(weights, np.ones((1, 3, 1)), Context())[0]
    array([[3.]])
    """

    gates: ClassVar[int] = 1
    activation: Activation = attrs.field(default=Tanh(), converter=as_activation, kw_only=True)

    def step(self, weights: Recurrence, projected: Array, state: State) -> Step:
        h, pull = self.activation.forward(projected + namespace(projected).matmul(state[0], weights.recurrent_weight))

        def back(dstate: State) -> tuple[Array, Array, State]:
            da = pull(dstate[0])
            return da, da, (namespace(da).zeros_like(da),)

        return (h,), back
