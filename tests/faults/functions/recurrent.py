"""Recurrent cells and short sequences; (batch, steps, features)."""

from __future__ import annotations

import numpy as np

from tests.faults.case import Gradients, Parameters, Result, right
from tests.faults.draws import Array, normal, pair, uniform
from tests.faults.functions.pointwise import sigmoid

HALF = 0.6


@right(normal(2, 4, 2), inner=normal(2, 3), loop=normal(3, 3, scale=HALF), bias=normal(3))
def rnn(p: Parameters, x: Array) -> Result:
    """``h = tanh(x W + h U + b)``; every state is given out."""
    states = [np.zeros((len(x), 3), dtype=x.dtype)]
    for step in range(x.shape[1]):
        states.append(np.tanh(x[:, step] @ p["inner"] + states[-1] @ p["loop"] + p["bias"]))

    def pullback(u: Array) -> Gradients:
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        of_x, carry = np.zeros_like(x), np.zeros_like(states[0])
        for step in reversed(range(x.shape[1])):
            before = (u[:, step] + carry) * (1 - states[step + 1] ** 2)
            grads["inner"] += x[:, step].T @ before
            grads["loop"] += states[step].T @ before
            grads["bias"] += before.sum(axis=0)
            of_x[:, step], carry = before @ p["inner"].T, before @ p["loop"].T
        return of_x, grads

    return np.stack(states[1:], axis=1), pullback


@right(pair(normal(3, 2), normal(3, 2), normal(3, 2)), weight=normal(4, 8, scale=HALF), bias=normal(8))
def lstm_cell(p: Parameters, x: tuple[Array, Array, Array]) -> Result:
    """One step of an LSTM from (x, h, c) to h and c side by side; gates are input, forget, candidate, output."""
    joined = np.concatenate(x[:2], axis=1)
    i, f, g, o = np.split(joined @ p["weight"] + p["bias"], 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    cell = f * x[2] + i * g
    squashed = np.tanh(cell)

    def pullback(u: Array) -> Gradients:
        of_h, of_c = u[:, :2], u[:, 2:]
        of_c = of_c + of_h * o * (1 - squashed**2)
        gates = [
            of_c * g * i * (1 - i),
            of_c * x[2] * f * (1 - f),
            of_c * i * (1 - g**2),
            of_h * squashed * o * (1 - o),
        ]
        before = np.concatenate(gates, axis=1)
        of_joined = before @ p["weight"].T
        inputs = of_joined[:, :2], of_joined[:, 2:], of_c * f
        return inputs, {"weight": joined.T @ before, "bias": before.sum(axis=0)}

    return np.concatenate([o * squashed, cell], axis=1), pullback


@right(normal(2, 3, 2), weight=normal(5, 12, scale=HALF), bias=normal(12))
def lstm(p: Parameters, x: Array) -> Result:
    """A sequence through an LSTM; every state is given out."""
    hidden = cell = np.zeros((2, 3), dtype=x.dtype)
    tape, states = [], []
    for step in range(3):
        joined = np.concatenate([x[:, step], hidden], axis=1)
        i, f, g, o = np.split(joined @ p["weight"] + p["bias"], 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        before, cell = cell, f * cell + i * g
        hidden = o * np.tanh(cell)
        tape.append((joined, i, f, g, o, before, np.tanh(cell)))
        states.append(hidden)

    def pullback(u: Array) -> Gradients:
        grads = {name: np.zeros_like(value) for name, value in p.items()}
        of_x, of_h, of_c = np.zeros_like(x), np.zeros_like(hidden), np.zeros_like(hidden)
        for step in reversed(range(3)):
            joined, i, f, g, o, past, squashed = tape[step]
            of_h = of_h + u[:, step]
            of_c = of_c + of_h * o * (1 - squashed**2)
            gates = [of_c * g * i * (1 - i), of_c * past * f * (1 - f), of_c * i * (1 - g**2)]
            inner = np.concatenate([*gates, of_h * squashed * o * (1 - o)], axis=1)
            grads["weight"] += joined.T @ inner
            grads["bias"] += inner.sum(axis=0)
            of_joined = inner @ p["weight"].T
            of_x[:, step], of_h, of_c = of_joined[:, :2], of_joined[:, 2:], of_c * f
        return of_x, grads

    return np.stack(states, axis=1), pullback


@right(pair(normal(3, 2), normal(3, 3)), inner=normal(2, 9), loop=normal(3, 9, scale=HALF), bias=normal(9))
def gru_cell(p: Parameters, x: tuple[Array, Array]) -> Result:
    """One step of a GRU from (x, h); reset, update, candidate."""
    data, hidden = x
    from_x, from_h = data @ p["inner"] + p["bias"], hidden @ p["loop"]
    reset, update = sigmoid(from_x[:, :3] + from_h[:, :3]), sigmoid(from_x[:, 3:6] + from_h[:, 3:6])
    new = np.tanh(from_x[:, 6:] + reset * from_h[:, 6:])

    def pullback(u: Array) -> Gradients:
        of_new = u * (1 - update) * (1 - new**2)
        of_update = u * (hidden - new) * update * (1 - update)
        of_reset = of_new * from_h[:, 6:] * reset * (1 - reset)
        of_from_x = np.concatenate([of_reset, of_update, of_new], axis=1)
        of_from_h = np.concatenate([of_reset, of_update, of_new * reset], axis=1)
        grads = {"inner": data.T @ of_from_x, "loop": hidden.T @ of_from_h, "bias": of_from_x.sum(axis=0)}
        return (of_from_x @ p["inner"].T, of_from_h @ p["loop"].T + u * update), grads

    return (1 - update) * new + update * hidden, pullback


@right(normal(2, 5), keep=uniform(-1, 1), start=normal())
def moving_average(p: Parameters, x: Array) -> Result:
    """``m = k m + (1 - k) x`` with ``k = sigmoid(parameter)``, from a learnt start."""
    keep = sigmoid(np.asarray(p["keep"]))
    states = [np.full(2, p["start"], dtype=x.dtype)]
    for step in range(5):
        states.append(keep * states[-1] + (1 - keep) * x[:, step])

    def pullback(u: Array) -> Gradients:
        of_x, carry, of_keep = np.zeros_like(x), np.zeros_like(states[0]), np.zeros_like(keep)
        for step in reversed(range(5)):
            carry = carry + u[:, step]
            of_keep = of_keep + (carry * (states[step] - x[:, step])).sum()
            of_x[:, step], carry = carry * (1 - keep), carry * keep
        return of_x, {"keep": np.asarray(of_keep * keep * (1 - keep)), "start": np.asarray(carry.sum())}

    return np.stack(states[1:], axis=1), pullback


@right(normal(3, 2), field=normal(2, 2), push=normal(2))
def euler_steps(p: Parameters, x: Array) -> Result:
    """Four explicit steps of ``dx/dt = tanh(x A + b)``; the last state only."""
    states, rates = [x], []
    for _ in range(4):
        rates.append(np.tanh(states[-1] @ p["field"] + p["push"]))
        states.append(states[-1] + 0.25 * rates[-1])

    def pullback(u: Array) -> Gradients:
        of_field, of_push = np.zeros_like(p["field"]), np.zeros_like(p["push"])
        for state, rate in zip(states[-2::-1], rates[::-1], strict=True):
            before = 0.25 * u * (1 - rate**2)
            of_field, of_push = of_field + state.T @ before, of_push + before.sum(axis=0)
            u = u + before @ p["field"].T
        return u, {"field": of_field, "push": of_push}

    return states[-1], pullback
