"""Mistakes in attention and recurrence."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.functions.attention import softmax_of, softmax_pullback
from tests.faults.functions.pointwise import sigmoid
from tests.faults.mistakes.mistake import mistake

TERM = "MISSING_TERM"


def diagonal_softmax(x: Any, u: Any) -> Any:
    """The gradient of the query, with the diagonal of the softmax's Jacobian only."""
    weights = softmax_of(x[0] @ x[1].swapaxes(1, 2) / 2)
    return weights * (1 - weights) * (u @ x[2].swapaxes(1, 2)) / 2 @ x[1]


mistake(
    "attention",
    "scale_forgotten",
    lambda p, x, u, g: {"input.0": 2 * g["input.0"], "input.1": 2 * g["input.1"]},
    "SCALE",
)
mistake("attention", "scale_for_key_forgotten", lambda p, x, u, g: {"input.1": 2 * g["input.1"]}, "SCALE BATCH_MEAN")
mistake(
    "attention",
    "softmax_diagonal_only",
    lambda p, x, u, g: {"input.0": diagonal_softmax(x, u)},
    TERM,
)
mistake(
    "attention",
    "value_weights_untransposed",
    lambda p, x, u, g: {"input.2": (softmax_of(x[0] @ x[1].swapaxes(1, 2) / 2)[:, :, :3] @ u).repeat(2, axis=1)[:, :5]},
)
mistake(
    "attention", "softmax_over_queries", lambda p, x, u, g: {"input.2": softmax_of(x[1] @ x[0].swapaxes(1, 2) / 2) @ u}
)
mistake(
    "attention",
    "value_of_first_batch",
    lambda p, x, u, g: {"input.2": g["input.2"][:1].repeat(2, axis=0)},
    "SPARSE_ELEMENTS",
)
mistake("causal_attention", "key_path_forgotten", lambda p, x, u, g: {"input": g["input"] - _part(p, x, u)}, TERM)
mistake("causal_attention", "query_and_key_exchanged", lambda p, x, u, g: {"query": g["key"], "key": g["query"]})
mistake("causal_attention", "value_gradient_doubled", lambda p, x, u, g: {"value": 2 * g["value"]}, "SCALE")
mistake("two_heads", "scores_one_side", lambda p, x, u, g: {"project": _one_side(p, x, u)}, TERM)
mistake("two_heads", "heads_exchanged", lambda p, x, u, g: {"combine": g["combine"][::-1]}, "PERMUTED")
mistake(
    "attention_pool",
    "scores_as_constants",
    lambda p, x, u, g: {"input": softmax_of(x @ p["score"])[..., None] * u[:, None], "score": 0 * g["score"]},
    also="MISSING_TERM ZERO",
)
mistake(
    "attention_pool",
    "weights_as_constants",
    lambda p, x, u, g: {"input": softmax_of(x @ p["score"])[..., None] * u[:, None]},
    TERM,
)
mistake("rnn", "one_step_back", lambda p, x, u, g: {"loop": _rnn(p, x, u, back=False)["loop"]}, TERM)
mistake("rnn", "slope_forgotten", lambda p, x, u, g: {"bias": _rnn(p, x, u, slope=False)["bias"]})
mistake("rnn", "loop_transposed", lambda p, x, u, g: {"loop": g["loop"].T}, "TRANSPOSED")
mistake(
    "rnn",
    "carry_untransposed",
    lambda p, x, u, g: {"inner": _rnn(p, x, u, transpose=False)["inner"]},
    also="TRANSPOSED",
)
mistake(
    "rnn",
    "bias_of_last_step",
    lambda p, x, u, g: {"bias": _rnn(p, x, u, last=True)["bias"]},
    "MISSING_TERM NOT_ACCUMULATED",
)
mistake("rnn", "loop_from_new_state", lambda p, x, u, g: {"loop": _rnn(p, x, u, shift=1)["loop"]})
mistake(
    "lstm_cell",
    "forget_and_input_exchanged",
    lambda p, x, u, g: {"weight": g["weight"][:, [2, 3, 0, 1, 4, 5, 6, 7]]},
    "PERMUTED",
)
mistake(
    "lstm_cell",
    "candidate_through_sigmoid",
    lambda p, x, u, g: {"bias": g["bias"] * np.array([1, 1, 1, 1, 0.25, 0.25, 1, 1])},
    "SPARSE_ELEMENTS",
)
mistake(
    "lstm_cell",
    "cell_from_hidden_forgotten",
    lambda p, x, u, g: {"input.2": u[:, 2:] * sigmoid(np.concatenate(x[:2], axis=1) @ p["weight"] + p["bias"])[:, 2:4]},
    TERM,
)
mistake(
    "lstm_cell",
    "cell_upstream_forgotten",
    lambda p, x, u, g: {
        "input.2": g["input.2"] - u[:, 2:] * sigmoid(np.concatenate(x[:2], axis=1) @ p["weight"] + p["bias"])[:, 2:4]
    },
    TERM,
)
mistake(
    "lstm_cell",
    "forget_gate_not_applied",
    lambda p, x, u, g: {
        "input.2": g["input.2"] / sigmoid(np.concatenate(x[:2], axis=1) @ p["weight"] + p["bias"])[:, 2:4]
    },
)
mistake(
    "lstm_cell",
    "output_gate_slope_forgotten",
    lambda p, x, u, g: {"bias": g["bias"] + _output_gate(p, x, u)},
    "SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "last_gate_sign",
    lambda p, x, u, g: {"weight": g["weight"] * np.repeat([1, 1, 1, -1], 3)},
    "SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "gates_in_other_order",
    lambda p, x, u, g: {"bias": g["bias"].reshape(4, 3)[[0, 1, 3, 2]].ravel()},
    "PERMUTED",
    also="SPARSE_ELEMENTS",
)
mistake(
    "lstm",
    "recurrent_rows_dropped",
    lambda p, x, u, g: {"weight": g["weight"] * np.array([1, 1, 0, 0, 0])[:, None]},
    also="SPARSE_ELEMENTS ZERO",
)
mistake(
    "lstm",
    "first_step_of_input",
    lambda p, x, u, g: {"input": g["input"] * np.array([0, 1, 1])[:, None]},
    "SPARSE_ELEMENTS",
)
mistake(
    "gru_cell",
    "reset_not_in_loop",
    lambda p, x, u, g: {"loop": np.concatenate([g["loop"][:, :6], x[1].T @ _gru_new(p, x, u)], axis=1)},
    also="SPARSE_ELEMENTS",
)
mistake(
    "gru_cell", "update_sign", lambda p, x, u, g: {"inner": g["inner"] * np.repeat([1, -1, 1], 3)}, "SPARSE_ELEMENTS"
)
mistake(
    "gru_cell",
    "direct_path_forgotten",
    lambda p, x, u, g: {
        "input.1": g["input.1"] - u * sigmoid((x[0] @ p["inner"] + p["bias"] + x[1] @ p["loop"])[:, 3:6])
    },
    TERM,
)
mistake(
    "gru_cell",
    "reset_and_update_exchanged",
    lambda p, x, u, g: {"bias": g["bias"][[3, 4, 5, 0, 1, 2, 6, 7, 8]]},
    "PERMUTED",
)
mistake(
    "moving_average",
    "keep_without_slope",
    lambda p, x, u, g: {"keep": g["keep"] / (sigmoid(p["keep"]) * sigmoid(-p["keep"]))},
    "SCALE",
)
mistake(
    "moving_average",
    "start_of_first_row",
    lambda p, x, u, g: {"start": (u[0] * sigmoid(p["keep"]) ** np.arange(1, 6)).sum()},
    "MISSING_BROADCAST_SUM MISSING_TERM",
)
mistake(
    "moving_average",
    "complement_forgotten",
    lambda p, x, u, g: {"input": g["input"] / (1 - sigmoid(p["keep"]))},
    "SCALE",
)
mistake(
    "moving_average",
    "no_carry",
    lambda p, x, u, g: {"input": u * (1 - sigmoid(p["keep"]))},
    TERM,
    also="NOT_ACCUMULATED",
)
mistake("euler_steps", "identity_path_forgotten", lambda p, x, u, g: {"input": g["input"] - u}, TERM)
mistake("euler_steps", "step_size_forgotten", lambda p, x, u, g: {"push": 4 * g["push"]}, "SCALE")


def _part(p: Any, x: Any, u: Any) -> Any:
    q, k, v = x @ p["query"], x @ p["key"], x @ p["value"]
    weights = softmax_of(q @ k.swapaxes(1, 2) / np.sqrt(2) + np.triu(np.full((3, 3), -1e9), 1))
    return (softmax_pullback(weights, u @ v.swapaxes(1, 2)) / np.sqrt(2)).swapaxes(1, 2) @ q @ p["key"].T


def _one_side(p: Any, x: Any, u: Any) -> Any:
    heads = np.einsum("bti,hid->bhtd", x, p["project"])
    weights = softmax_of(np.einsum("bhtd,bhsd->bhts", heads, heads))
    mixed = np.einsum("bto,hdo->bhtd", u, p["combine"])
    of_scores = softmax_pullback(weights, mixed @ heads.swapaxes(2, 3))
    return np.einsum("bhtd,bti->hid", of_scores @ heads + weights.swapaxes(2, 3) @ mixed, x)


def _rnn(
    p: Any,
    x: Any,
    u: Any,
    *,
    back: bool = True,
    slope: bool = True,
    transpose: bool = True,
    last: bool = False,
    shift: int = 0,
) -> Any:
    states = [np.zeros((len(x), 3))]
    for step in range(x.shape[1]):
        states.append(np.tanh(x[:, step] @ p["inner"] + states[-1] @ p["loop"] + p["bias"]))
    grads, carry = {name: np.zeros_like(value) for name, value in p.items()}, np.zeros_like(states[0])
    for step in reversed(range(x.shape[1])):
        before = (u[:, step] + carry) * ((1 - states[step + 1] ** 2) if slope else 1)
        grads["inner"] += x[:, step].T @ before
        grads["loop"] += states[step + shift].T @ before
        grads["bias"] = before.sum(axis=0) + (0 if last else grads["bias"])
        carry = before @ (p["loop"].T if transpose else p["loop"]) * back
    return grads


def _output_gate(p: Any, x: Any, u: Any) -> Any:
    i, f, g, o = np.split(np.concatenate(x[:2], axis=1) @ p["weight"] + p["bias"], 4, axis=1)
    squashed = np.tanh(sigmoid(f) * x[2] + sigmoid(i) * np.tanh(g))
    extra = u[:, :2] * squashed * (1 - sigmoid(o) * sigmoid(-o))
    return np.concatenate([np.zeros(6), extra.sum(axis=0)])


def _gru_new(p: Any, x: Any, u: Any) -> Any:
    from_x, from_h = x[0] @ p["inner"] + p["bias"], x[1] @ p["loop"]
    reset, update = sigmoid(from_x[:, :3] + from_h[:, :3]), sigmoid(from_x[:, 3:6] + from_h[:, 3:6])
    return u * (1 - update) * (1 - np.tanh(from_x[:, 6:] + reset * from_h[:, 6:]) ** 2)
