"""Single and half precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.faults.case import RIGHT, Gradients, Parameters, Result
from tests.faults.draws import Array, Draw, exactly, normal, pair
from tests.faults.tricky.entry import TRICKY, known, likewise, tricky

SINGLE = np.float32
NOT_IN_SINGLE = {"selu", "masked"}
for name in RIGHT:
    if name not in NOT_IN_SINGLE:
        known(f"{name}_single", name, dtype=SINGLE)
for name in [each for each, case in TRICKY.items() if not case.kinks]:
    if name.startswith(
        (
            "solve_hilbert_3",
            "softmax_one_hot",
            "cross_entropy_certain",
            "relu_near_zero_1e-7",
            "log_near_zero",
            "scale_shift_mixed",
            "huber_joint",
            "mlp_saturated",
            "logistic_far",
            "tanh_far",
            "affine_strided",
            "identity",
            "norm_of_long",
            "log_sum_exp_long",
            "weights_all_zero",
            "large_mean",
            "input_large",
            "weights_tiny",
        )
    ):
        case = TRICKY[name]
        likewise(f"{name}_single", case.function, case, SINGLE)

known("wide_single", "affine", dtype=SINGLE, x=normal(8, 100), weight=normal(100, 6), bias=normal(6))
known("large_bias_single", "affine", dtype=SINGLE, bias=normal(3, mean=1e4))
known("large_outputs_single", "affine", dtype=SINGLE, x=normal(5, 4, scale=1e5))
known("tiny_gradients_single", "scale_shift", dtype=SINGLE, x=normal(4, 3, scale=1e-15), scale=normal(3, scale=1e-12))
known("loss_thousand_single", "mean_squared_error", dtype=SINGLE, x=pair(normal(4, 3, mean=30.0), normal(4, 3)))
known("absolute_at_zero_single", "absolute", dtype=SINGLE, x=exactly([0.0, 1.0, -1.0]), kinks=("input",))
known("relu_at_zero_single", "relu", dtype=SINGLE, x=exactly([0.0, 1.0, -1.0]), kinks=("input",))


def insists(p: Parameters, x: Array) -> Result:
    """A network that takes nothing but single precision."""
    if x.dtype != SINGLE or any(value.dtype != SINGLE for value in p.values()):
        raise TypeError(f"expected float32, got {x.dtype}")
    return RIGHT["mlp_tanh"].function(p, x)


def converts(p: Parameters, x: Array) -> Result:
    """A network that goes over to single precision by itself."""
    output, pullback = RIGHT["mlp_tanh"].function(
        {name: value.astype(SINGLE) for name, value in p.items()}, x.astype(SINGLE)
    )
    return output, lambda u: pullback(u.astype(SINGLE))


for name, function in (("insists_on_single", insists), ("converts_to_single", converts)):
    case = RIGHT["mlp_tanh"]
    likewise(name, function, case, SINGLE)


def half(*shape: int, dtype: Any = np.float16) -> Draw:
    """Normal numbers in half precision."""
    return lambda rng: rng.normal(size=shape).astype(dtype)


def wide_dense(p: Parameters, x: Array) -> Result:
    """A dense map in the precision of its weights, of data in any."""
    wide = x.astype(p["weight"].dtype)

    def pullback(u: Array) -> Gradients:
        return (u @ p["weight"].T).astype(x.dtype), {"weight": wide.T @ u}

    return wide @ p["weight"], pullback


tricky("half_data", wide_dense, half(4, 3), tolerance=None, weight=normal(3, 2))
tricky("half_data_single_weight", wide_dense, half(4, 3), tolerance=None, weight=half(3, 2, dtype=SINGLE))
tricky("single_data_double_weight", wide_dense, half(4, 3, dtype=SINGLE), tolerance=None, weight=normal(3, 2))
known("all_in_half", "affine", checked=False, x=half(3, 2), weight=half(2, 2), bias=half(2))
known("tanh_in_half", "tanh", checked=False, x=half(3, 2))
known("single_and_double_mixed", "affine", x=half(5, 4, dtype=SINGLE))


def loss_summed_in_double(p: Parameters, x: Array) -> Result:
    """Single precision, the loss summed in double."""
    gap = x - p["centre"]
    total = (gap.astype(np.float64) ** 2).sum()
    return total, lambda u: ((2 * u * gap).astype(SINGLE), {"centre": (-2 * u * gap.sum(axis=0)).astype(SINGLE)})


tricky(
    "loss_summed_in_double",
    loss_summed_in_double,
    half(20, 3, dtype=SINGLE),
    tolerance=None,
    centre=half(3, dtype=SINGLE),
)
