"""Mistakes that do not show at the point where they are looked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.draws import Draw, exactly, normal, pair
from tests.faults.fault import Change
from tests.faults.functions.pointwise import sigmoid
from tests.faults.mistakes.indexing import written
from tests.faults.mistakes.mistake import mistake


def unseen(function: str, name: str, change: Change, **at: Draw) -> None:
    """Enter a mistake whose numbers are right at one special point."""
    mistake(function, name, change, hidden=True, at=at)


def zeros(*shape: int) -> Draw:
    """Nothing but zeros."""
    return exactly(np.zeros(shape))


SYMMETRIC: Any = [[2.0, 1.0, 0.5], [1.0, 3.0, -1.0], [0.5, -1.0, 4.0]]
unseen("affine", "bias_of_first_row_at_batch_of_one", lambda p, x, u, g: {"bias": u[0]}, x=normal(1, 4))
unseen("affine", "weight_mean_at_batch_of_one", lambda p, x, u, g: {"weight": g["weight"] / len(x)}, x=normal(1, 4))
unseen(
    "square_dense",
    "untransposed_at_symmetric",
    lambda p, x, u, g: {"input": u @ p["weight"]},
    weight=exactly(SYMMETRIC),
)
unseen("square_dense", "upstream_at_identity", lambda p, x, u, g: {"input": u}, weight=exactly(np.eye(3)))
unseen(
    "inverse",
    "untransposed_at_identity",
    lambda p, x, u, g: {"input": -np.linalg.inv(x) @ u @ np.linalg.inv(x)},
    x=exactly(np.eye(3)),
)
unseen(
    "log_determinant",
    "untransposed_at_symmetric",
    lambda p, x, u, g: {"input": u * np.linalg.inv(x)},
    x=exactly(SYMMETRIC),
)
unseen(
    "determinant",
    "determinant_forgotten_at_one",
    lambda p, x, u, g: {"input": u * np.linalg.inv(x).T},
    x=exactly([[2.0, 1, 0], [1, 1, 0], [0, 0, 1]]),
)
unseen(
    "quadratic_form",
    "symmetric_assumed_at_symmetric",
    lambda p, x, u, g: {"input": 2 * u[:, None] * (x @ p["matrix"])},
    matrix=exactly(SYMMETRIC),
)
unseen(
    "embedding",
    "overwritten_at_unique",
    lambda p, x, u, g: {"table": written(p["table"], x, u)},
    x=exactly([[0, 1], [3, 4]], np.int64),
)
unseen(
    "segment_mean",
    "count_forgotten_at_unique",
    lambda p, x, u, g: {"input.0": u[x[1]]},
    x=pair(normal(3, 2), exactly([0, 2, 1], np.int64)),
)
unseen("scale_shift", "unscaled_at_ones", lambda p, x, u, g: {"input": u}, scale=exactly(np.ones(3)))
unseen(
    "scale_shift",
    "shift_by_scale_at_ones",
    lambda p, x, u, g: {"shift": g["shift"] * p["scale"]},
    scale=exactly(np.ones(3)),
)
unseen(
    "layer_norm",
    "scale_forgotten_at_ones",
    lambda p, x, u, g: {"input": g["input"] / p["scale"].mean()},
    scale=exactly(np.ones(4)),
)
unseen(
    "weight_norm",
    "length_forgotten_at_ones",
    lambda p, x, u, g: {"direction": g["direction"] / p["length"]},
    length=exactly(np.ones(2)),
)
unseen("tanh", "slope_forgotten_at_zero", lambda p, x, u, g: {"input": u}, x=zeros(3, 4))
unseen("logistic", "quarter_at_zero", lambda p, x, u, g: {"input": u / 4}, x=zeros(3, 4))
unseen("gelu", "half_at_zero", lambda p, x, u, g: {"input": u / 2}, x=zeros(3, 4))
unseen("square", "value_at_zero", lambda p, x, u, g: {"input": u * x**3}, x=zeros(2, 3))
unseen("exponential", "value_plus_at_zero", lambda p, x, u, g: {"input": u * (1 + x)}, x=zeros(2, 3))
unseen("logarithm", "value_at_one", lambda p, x, u, g: {"input": u * x}, x=exactly(np.ones((2, 3))))
unseen("cubic", "exponent_kept_at_one", lambda p, x, u, g: {"input": u * (3 * x**3 - 2)}, x=exactly(np.ones(4)))
unseen(
    "swish",
    "beta_not_in_chain_at_one",
    lambda p, x, u, g: {"input": u * (sigmoid(p["beta"] * x) + x * sigmoid(p["beta"] * x) * sigmoid(-p["beta"] * x))},
    beta=exactly(np.ones(4)),
)
unseen(
    "mlp_tanh",
    "slope_forgotten_at_zero_weights",
    lambda p, x, u, g: {"bias1": (u @ p["weight2"].T).sum(axis=0)},
    weight1=zeros(3, 4),
    bias1=zeros(4),
)
unseen("residual_block", "branch_forgotten_at_zero_weights", lambda p, x, u, g: {"input": u}, weight2=zeros(3, 4))
unseen(
    "rnn",
    "one_step_back_at_zero_loop",
    lambda p, x, u, g: {"input": u * (1 - _state(p, x) ** 2) @ p["inner"].T},
    loop=zeros(3, 3),
)
unseen(
    "bilinear",
    "second_weight_forgotten_at_zeros",
    lambda p, x, u, g: {"core": 0 * p["core"]},
    x=pair(zeros(4, 3), normal(4, 2)),
)
unseen(
    "tempered_softmax",
    "temperature_not_in_input_at_one",
    lambda p, x, u, g: {"input": g["input"] * p["temperature"]},
    temperature=exactly(1.0),
)
unseen(
    "divided",
    "divisor_not_squared_at_ones",
    lambda p, x, u, g: {"divisor": g["divisor"] * p["divisor"]},
    divisor=exactly(np.ones(3)),
)
unseen(
    "blended",
    "complement_forgotten_at_half",
    lambda p, x, u, g: {"input.1": u * p["gate"]},
    gate=exactly(np.full(4, 0.5)),
)


def _state(p: Any, x: Any) -> Any:
    return np.tanh(x @ p["inner"] + p["bias"])
