"""LSTM: a state with gates that decide what it takes in, keeps and shows."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, namespace
from nnframe.compiled import compiles
from nnframe.compiled.gates import pull_gates, remember, show
from nnframe.layers.gates import halved
from nnframe.layers.recurrent import Recurrence, Recurrent
from nnframe.layers.states import State, Step

__all__ = ["LSTM"]


@frozen
class LSTM(Recurrent):
    """cₜ = f cₜ₋₁ + i g and hₜ = o tanh(cₜ), from c₋₁ = h₋₁ = 0.

    i, f, o = σ(xₜ W + hₜ₋₁ U + b) and g = tanh(xₜ W + hₜ₋₁ U + b), each with its own columns of W, U and b, in the
    order i, f, o, g. Source: Hochreiter and Schmidhuber 1997; Gers, Schmidhuber and Cummins 2000 for f.
    (batch, length, features) -> (batch, length, units), or the last (batch, units). A padded step (``context.mask`` is
    False) leaves the state as it is.

    Args:
        units: The length of the state.
        return_sequences: Whether the output is the state after every step, not only the last.
        backwards: Whether time runs from the end to the start; a sequence is returned in the order of the input.
        input_initializer, recurrent_initializer, bias_initializer: Where W, U and b begin; the bias of f begins one
            higher (Jozefowicz, Zaremba and Sutskever 2015).

    >>> from nnframe.interfaces import Context
    >>> weights = Recurrence(np.zeros((1, 4)), np.zeros((1, 4)), np.array([9.0, 9.0, 9.0, 9.0]))
    >>> LSTM(1, return_sequences=True).forward(weights, np.ones((1, 3, 1)), Context())[0].ravel().round(2)
    array([0.76, 0.96, 0.99])
    """

    gates: ClassVar[int] = 4
    states: ClassVar[int] = 2

    def initialize(self, x: Array, rng: Generator) -> Recurrence:
        weights = Recurrent.initialize(self, x, rng)
        forget = np.repeat([0.0, 1.0, 0.0, 0.0], self.units)
        return attrs.evolve(weights, bias=weights.bias + forget)

    def scaled(self, weights: Recurrence) -> Recurrence:
        return halved(weights, 3 * self.units)

    def step(self, weights: Recurrence, projected: Array, state: State) -> Step:
        xp, n = namespace(projected), self.units
        h, c = state
        a = xp.tanh(projected + xp.matmul(h, weights.recurrent_weight))
        if compiles(a, c):
            return _by_loops(a, c)
        sigmoids, g = a[:, : 3 * n] * 0.5 + 0.5, a[:, 3 * n :]
        i, f, o = sigmoids[:, :n], sigmoids[:, n : 2 * n], sigmoids[:, 2 * n :]
        new = f * c + i * g
        shown = xp.tanh(new)

        def back(dstate: State) -> tuple[Array, Array, State]:
            dh, dc = dstate
            dc = dc + dh * o * (1 - shown * shown)
            dsigmoids = xp.concat([dc * g, dc * c, dh * shown], axis=1)
            da = xp.concat([dsigmoids * (sigmoids - sigmoids * sigmoids) * 2, dc * i * (1 - g * g)], axis=1)
            return da, da, (xp.zeros_like(dh), dc * f)

        return (o * shown, new), back


def _by_loops(a: Array, c: Array) -> Step:
    """The same in one walk each way, if compiled."""
    new, h = np.empty_like(c), np.empty_like(c)
    remember(a, c, new)
    shown = np.tanh(new)
    show(a, shown, h)

    def back(dstate: State) -> tuple[Array, Array, State]:
        dh, dnew = (np.ascontiguousarray(each, a.dtype) for each in dstate)
        da, dc = np.empty_like(a), np.empty_like(c)
        pull_gates(a, c, shown, dh, dnew, da, dc)
        return da, da, (np.zeros_like(dh), dc)

    return (h, new), back
