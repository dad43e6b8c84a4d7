"""Mistakes in functions that broadcast."""

from __future__ import annotations

import numpy as np

from tests.faults.functions.broadcasting import MASK
from tests.faults.mistakes.mistake import mistake

SUM = "MISSING_BROADCAST_SUM"
AXIS = "WRONG_AXIS_SUM"

mistake("scale_shift", "scale_without_input", lambda p, x, u, g: {"scale": u.sum(axis=0)})
mistake("scale_shift", "scale_of_one_row", lambda p, x, u, g: {"scale": (u * x)[0]}, SUM)
mistake("scale_shift", "scale_over_features", lambda p, x, u, g: {"scale": (u * x).sum(axis=1)[:3]}, AXIS)
mistake("scale_shift", "input_unscaled", lambda p, x, u, g: {"input": u}, "WRONG_DERIVATIVE")
mistake("scale_shift", "shift_scaled", lambda p, x, u, g: {"shift": u.sum(axis=0) * p["scale"]})
mistake("scale_shift", "scale_mean", lambda p, x, u, g: {"scale": g["scale"] / 4}, "BATCH_MEAN SCALE")
mistake("scale_shift", "scale_and_shift_exchanged", lambda p, x, u, g: {"scale": g["shift"], "shift": g["scale"]})
mistake("scalar_affine", "gain_mean", lambda p, x, u, g: {"gain": (u * x).mean()}, "SCALE BATCH_MEAN")
mistake("scalar_affine", "gain_of_sums", lambda p, x, u, g: {"gain": u.sum() * x.sum()})
mistake("scalar_affine", "offset_not_summed", lambda p, x, u, g: {"offset": u}, f"WRONG_SHAPE {SUM}")
mistake("scalar_affine", "offset_first_row", lambda p, x, u, g: {"offset": u[0].sum()}, f"{SUM} MISSING_TERM")
mistake(
    "channel_gain",
    "over_batch_only",
    lambda p, x, u, g: {"gain": (u * x).sum(axis=0)[:, :1, :1]},
    f"{SUM} MISSING_TERM",
)
mistake("channel_gain", "over_channels", lambda p, x, u, g: {"gain": np.full((3, 1, 1), (u * x).sum())}, AXIS)
mistake("channel_gain", "channels_reversed", lambda p, x, u, g: {"gain": g["gain"][::-1]}, "PERMUTED")
mistake("channel_gain", "flat_shape", lambda p, x, u, g: {"gain": g["gain"].ravel()}, "WRONG_SHAPE")
mistake("position_added", "of_first_sequence", lambda p, x, u, g: {"position": u[0]}, SUM)
mistake("position_added", "mean", lambda p, x, u, g: {"position": u.mean(axis=0)}, "BATCH_MEAN SCALE")
mistake(
    "row_and_column",
    "second_use_forgotten",
    lambda p, x, u, g: {"input.0": (u * x[1]).sum(axis=1, keepdims=True)},
    "MISSING_TERM",
)
mistake("row_and_column", "row_of_first", lambda p, x, u, g: {"input.1": (u * x[0])[:1]}, SUM)
mistake(
    "all_sides", "left_over_batch_only", lambda p, x, u, g: {"left": (u * x).sum(axis=0)[:, :1]}, f"{SUM} MISSING_TERM"
)
mistake("all_sides", "input_unsummed", lambda p, x, u, g: {"input": (u * p["left"])[:, :1]}, SUM)
mistake("all_sides", "cell_total", lambda p, x, u, g: {"cell": np.full((1, 2, 4), u.sum())}, AXIS)
mistake("divided", "divisor_sign", lambda p, x, u, g: {"divisor": -g["divisor"]}, "SIGN")
mistake("divided", "divisor_not_squared", lambda p, x, u, g: {"divisor": g["divisor"] * p["divisor"]})
mistake("divided", "input_multiplied", lambda p, x, u, g: {"input": u * p["divisor"]}, "WRONG_DERIVATIVE")
mistake(
    "raised",
    "exponent_not_lowered",
    lambda p, x, u, g: {"input": u * p["exponent"] * x ** p["exponent"]},
    "WRONG_DERIVATIVE",
)
mistake("raised", "logarithm_to_base_two", lambda p, x, u, g: {"exponent": g["exponent"] / np.log(2)}, "SCALE")
mistake(
    "raised",
    "exponent_as_power_rule",
    lambda p, x, u, g: {"exponent": (u * p["exponent"] * x ** (p["exponent"] - 1)).sum(axis=0)},
)
mistake("blended", "complement_forgotten", lambda p, x, u, g: {"input.1": u * p["gate"]}, "WRONG_DERIVATIVE")
mistake("blended", "gate_misses_second", lambda p, x, u, g: {"gate": (u * x[0]).sum(axis=0)}, "MISSING_TERM")
mistake("blended", "gate_adds_second", lambda p, x, u, g: {"gate": (u * (x[0] + x[1])).sum(axis=0)})
mistake("masked", "mask_ignored", lambda p, x, u, g: {"input": u}, "WRONG_DERIVATIVE SPARSE_ELEMENTS EXTRA_TERM")
mistake("masked", "mask_inverted", lambda p, x, u, g: {"input": np.where(MASK, 0, u)}, "WRONG_DERIVATIVE")
mistake("masked", "fill_counts_everything", lambda p, x, u, g: {"fill": u.sum()}, "EXTRA_TERM WRONG_AXIS_SUM")
mistake("distances", "centre_sign", lambda p, x, u, g: {"low": -g["low"]}, "SIGN")
mistake("distances", "factor_two_left", lambda p, x, u, g: {"input": 2 * g["input"]}, "SCALE")
mistake("distances", "centre_without_data", lambda p, x, u, g: {"low": u.sum() * p["low"]}, "MISSING_TERM")
