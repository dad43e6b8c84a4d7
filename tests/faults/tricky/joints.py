"""Close to a kink, or at a joint where the slope is continuous and the curvature is not."""

from __future__ import annotations

import numpy as np

from tests.faults.draws import exactly, pair
from tests.faults.tricky.entry import curve, known

for power in range(9, 1, -1):
    gap = 10.0**-power
    near = [gap, -gap, 3 * gap, 1.0]
    curve(
        f"relu_near_zero_1e-{power}",
        lambda x: np.maximum(x, 0),
        lambda x: (x > 0).astype(x.dtype),
        near,
        tolerance=None,
    )
    if power % 2:
        curve(f"absolute_near_zero_1e-{power}", np.abs, np.sign, near, tolerance=None)
        known(f"max_nearly_equal_1e-{power}", "minimum", x=pair(exactly([1.0, 2.0]), exactly([1 + gap, 2 - gap])))
        known(f"hinge_near_margin_1e-{power}", "hinge", x=pair(exactly([1 - gap, 1 + gap, 0.0]), exactly([1.0, 1, 1])))
for side in (0.0, 1e-9, -1e-7, 1e-5):
    known(f"huber_joint_{side:g}", "huber", x=pair(exactly([1 + side, -1 - side, 0.3]), exactly([0.0, 0, 0])))
curve("square_from_zero", lambda x: np.maximum(x, 0) ** 2, lambda x: 2 * np.maximum(x, 0), [0.0, 1e-6, -1e-6, 1.0])
curve(
    "elu_at_zero",
    lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    lambda x: np.exp(np.minimum(x, 0)),
    [0.0, 1e-8, -1e-8],
)
curve("absolute_times_value", lambda x: x * np.abs(x), lambda x: 2 * np.abs(x), [0.0, 1e-5, -0.5])
curve("cubed_absolute", lambda x: np.abs(x) ** 3, lambda x: 3 * x * np.abs(x), [0.0, 1e-3, -1.0])
curve(
    "power_three_halves",
    lambda x: np.abs(x) ** 1.5,
    lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x)),
    [0.0, 1e-4, 1.0],
    tolerance=1e-2,
)
curve(
    "smooth_step_ends",
    lambda x: np.where(x < 0, 0, np.where(x > 1, 1, x * x * (3 - 2 * x))),
    lambda x: np.where((x < 0) | (x > 1), 0, 6 * x * (1 - x)),
    [0.0, 1.0, 0.5],
)
curve(
    "hard_swish_near_joint",
    lambda x: x * np.clip(x + 3, 0, 6) / 6,
    lambda x: np.where(x < -3, 0, np.where(x > 3, 1, (2 * x + 3) / 6)),
    [-3 + 1e-7, 3 - 1e-7, 1.0],
    tolerance=None,
)
curve(
    "kinks_close_together",
    lambda x: np.abs(np.sin(1000 * x)),
    lambda x: 1000 * np.cos(1000 * x) * np.sign(np.sin(1000 * x)),
    [0.001, 0.0101, 1.2345],
    tolerance=1e-4,
)
curve(
    "staircase_of_ramps",
    lambda x: np.floor(x) + np.clip(2 * (x - np.floor(x)), 0, 1),
    lambda x: 2.0 * (x - np.floor(x) < 0.5),
    [0.25, 0.7, 1.2, -0.3],
)
curve("rounded", np.round, np.zeros_like, [0.2, 1.4, -2.3])
curve("sign_of", np.sign, np.zeros_like, [0.2, -1.4])
