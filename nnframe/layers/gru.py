"""GRU: a state with gates that decide what it forgets and how much it changes."""

from __future__ import annotations

from typing import ClassVar

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.layers.gates import halved
from nnframe.layers.recurrent import Recurrence, Recurrent
from nnframe.layers.states import State, Step

__all__ = ["GRU"]


@frozen
class GRU(Recurrent):
    """hₜ = (1 - z) n + z hₜ₋₁, from h₋₁ = 0.

    r, z = σ(xₜ W + hₜ₋₁ U + b) and n = tanh(xₜ W + b + r (hₜ₋₁ U + candidate_bias)), each with its own columns of W, U
    and b, in the order r, z, n. Source: Cho et al. 2014, in the form whose reset gate comes after the product
    (version 1 of the paper; cuDNN). (batch, length, features) -> (batch, length, units), or the last (batch, units).
    A padded step (``context.mask`` is False) leaves the state as it is.

    Args:
        units: The length of the state.
        return_sequences: Whether the output is the state after every step, not only the last.
        backwards: Whether time runs from the end to the start; a sequence is returned in the order of the input.
        input_initializer, recurrent_initializer, bias_initializer: Where W, U and both b begin.

    >>> import numpy as np
    >>> from nnframe.interfaces import Context
    >>> weights = Recurrence(np.zeros((1, 3)), np.zeros((1, 3)), np.array([0.0, 0.0, 9.0]), np.zeros(1))
    >>> GRU(1, return_sequences=True).forward(weights, np.ones((1, 3, 1)), Context())[0].ravel().round(3)
    array([0.5  , 0.75 , 0.875])
    """

    gates: ClassVar[int] = 3

    def initialize(self, x: Array, rng: Generator) -> Recurrence:
        weights = Recurrent.initialize(self, x, rng)
        return attrs.evolve(weights, candidate_bias=self.bias_initializer((self.units,), rng))

    def scaled(self, weights: Recurrence) -> Recurrence:
        return halved(weights, 2 * self.units)

    def step(self, weights: Recurrence, projected: Array, state: State) -> Step:
        xp, n, h = namespace(projected), 2 * self.units, state[0]
        past = xp.matmul(h, weights.recurrent_weight)
        gates = xp.tanh(projected[:, :n] + past[:, :n]) * 0.5 + 0.5
        r, z = gates[:, : self.units], gates[:, self.units :]
        assert weights.candidate_bias is not None
        inner = past[:, n:] + weights.candidate_bias
        candidate = xp.tanh(projected[:, n:] + r * inner)

        def back(dstate: State) -> tuple[Array, Array, State]:
            dh = dstate[0]
            dcandidate = dh * (1 - z) * (1 - candidate * candidate)
            dgates = xp.concat([dcandidate * inner, dh * (h - candidate)], axis=1)
            dgates *= (gates - gates * gates) * 2
            into = xp.concat([dgates, dcandidate], axis=1)
            return into, xp.concat([dgates, dcandidate * r], axis=1), (dh * z,)

        return (candidate + z * (h - candidate),), back
