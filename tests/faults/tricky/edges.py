"""At the edge of a domain, where a step may not leave it."""

from __future__ import annotations

import numpy as np

from tests.faults.draws import exactly, pair
from tests.faults.tricky.entry import curve, known

TINY = [1e-3, 1e-6, 1e-10, 1.0]
curve("log_near_zero", np.log, lambda x: 1 / x, TINY, tolerance=None)
curve("log_at_1e-300", np.log, lambda x: 1 / x, [1e-300, 1e-30], tolerance=None)
curve("sqrt_near_zero", np.sqrt, lambda x: 0.5 / np.sqrt(x), TINY, tolerance=None)
curve("cube_root_near_zero", np.cbrt, lambda x: np.cbrt(x) / (3 * x), [1e-6, -1e-6, 1.0], tolerance=None)
curve("log1p_near_minus_one", np.log1p, lambda x: 1 / (1 + x), [-1 + 1e-3, -1 + 1e-6, -1 + 1e-9, 0.0], tolerance=None)
curve("log_of_complement", lambda x: np.log(1 - x), lambda x: -1 / (1 - x), [1 - 1e-4, 1 - 1e-7, 0.5], tolerance=None)
curve(
    "arccos_near_one", np.arccos, lambda x: -1 / np.sqrt((1 - x) * (1 + x)), [1 - 1e-6, -1 + 1e-6, 0.0], tolerance=None
)
curve("arcsin_near_one", np.arcsin, lambda x: 1 / np.sqrt((1 - x) * (1 + x)), [1 - 1e-4, -1 + 1e-9], tolerance=None)
curve("arctanh_near_one", np.arctanh, lambda x: 1 / ((1 - x) * (1 + x)), [1 - 1e-5, 0.3], tolerance=None)
curve("arccosh_near_one", np.arccosh, lambda x: 1 / np.sqrt((x - 1) * (x + 1)), [1 + 1e-6, 2.0], tolerance=None)
curve("reciprocal_near_zero", lambda x: 1 / x, lambda x: -1 / x**2, [1e-3, -1e-5, 1e-8], tolerance=None)
curve(
    "logit_near_ends", lambda x: np.log(x / (1 - x)), lambda x: 1 / (x * (1 - x)), [1e-6, 1 - 1e-6, 0.5], tolerance=None
)
curve("x_log_x_near_zero", lambda x: x * np.log(x), lambda x: np.log(x) + 1, [1e-8, 1e-3, 1.0], tolerance=None)
curve("power_half_near_zero", lambda x: x**0.3, lambda x: 0.3 * x**-0.7, [1e-6, 0.5], tolerance=None)
curve("tangent_near_pole", np.tan, lambda x: 1 / np.cos(x) ** 2, [np.pi / 2 - 1e-3, np.pi / 2 - 1e-6], tolerance=None)
curve(
    "sqrt_of_one_minus_square",
    lambda x: np.sqrt(1 - x**2),
    lambda x: -x / np.sqrt((1 - x) * (1 + x)),
    [1 - 1e-7, 0.2],
    tolerance=None,
)
curve("guarded_log", lambda x: np.log(x + 1e-12), lambda x: 1 / (x + 1e-12), [0.0, 1e-12, 0.5], tolerance=None)
curve(
    "guarded_sqrt",
    lambda x: np.sqrt(x**2 + 1e-16),
    lambda x: x / np.sqrt(x**2 + 1e-16),
    [0.0, 1e-8, 1.0],
    tolerance=None,
)
known("kl_near_zero", "kl_divergence", x=pair(exactly([[1e-8, 0.5], [0.3, 1e-4]]), exactly([[1e-6, 0.5], [0.2, 0.1]])))
known("raised_near_zero", "raised", x=exactly([[1e-6, 1e-3, 0.5, 2.0]]), exponent=exactly([0.5, 1.5, 2.0, -1.0]))
known("divided_by_small", "divided", divisor=exactly([1e-6, 1.0, -1e-3]))
known("norm_near_zero", "norm_rows", x=exactly([[1e-8, 1e-8, -2e-8], [1e-3, 0, 0], [1, 2, 3]]))
known("unit_rows_near_zero", "unit_rows", x=exactly([[1e-9, 2e-9, 0, 1e-9], [1, 0, 0, 0], [1, 2, 3, 4]]))
known("angle_near_origin", "angle", x=pair(exactly([1e-7, 1.0, -1e-3]), exactly([1e-7, 0.0, -1.0])))
