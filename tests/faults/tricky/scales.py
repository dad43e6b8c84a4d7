"""Very small and very large numbers, and both side by side."""

from __future__ import annotations

import numpy as np

from tests.faults.case import RIGHT, Function, Parameters, Result
from tests.faults.draws import Array, exactly, normal, pair
from tests.faults.tricky.entry import curve, known, likewise


def scaled(function: Function, factor: float, offset: float = 0.0) -> Function:
    """A function times a factor, next to a number."""

    def scaled_function(p: Parameters, x: Array) -> Result:
        output, pullback = function(p, x)
        return output * factor + offset, lambda u: pullback(np.asarray(u * factor))

    return scaled_function


for factor in (1e-20, 1e20, 1e-150, 1e150):
    for name in ("affine", "mlp_classifier", "layer_norm"):
        case = RIGHT[name]
        likewise(f"{name}_times_{factor:g}", scaled(case.function, factor), case)
for name, gain, offset in (
    ("mean_squared_error", 1e-3, 1e6),
    ("affine", 1e-3, 1e6),
    ("log_sum_exp", 1e-2, -1e5),
    ("mlp_classifier", 1.0, 1e4),
):
    case = RIGHT[name]
    likewise(f"{name}_next_to_{offset:g}", scaled(case.function, gain, offset), case)

COLUMNS = np.array([1e-8, 1.0, 1e8])
known("scale_shift_mixed", "scale_shift", scale=exactly(COLUMNS), shift=exactly([1e8, 1e-8, 0.0]))
known("affine_mixed_input", "affine", x=lambda rng: rng.normal(size=(5, 4)) * [1e-6, 1, 1e6, 1e3])
known("affine_mixed_weight", "affine", weight=lambda rng: rng.normal(size=(4, 3)) * COLUMNS)
known("affine_compensated", "affine", x=normal(5, 4, scale=1e12), weight=normal(4, 3, scale=1e-12))
known("polynomial_mixed", "polynomial", x=exactly([1e-5, 1.0, 1e3]), coefficients=exactly([1.0, 1e-6, 1e4, 1e-9]))
known("product_of_many", "product_rows", x=lambda rng: rng.uniform(0.05, 0.4, size=(2, 40)))
known("product_with_large", "product_rows", x=exactly([[1e-10, 1e10, 3.0], [1e5, 1e-9, -1e4]]))
known("division_mixed", "divided", x=exactly([[1e-9, 1.0, 1e9]]), divisor=exactly([1e9, 1.0, 1e-3]))
known("determinant_tiny", "determinant", x=exactly(np.diag([1e-5, 1e-5, 1e-5]) + 1e-6))
known("weights_tiny", "mlp_tanh", weight1=normal(3, 4, scale=1e-12), weight2=normal(4, 2, scale=1e-12))
known("weights_large", "mlp_tanh", weight1=normal(3, 4, scale=5), weight2=normal(4, 2, scale=1e6))
known("input_tiny", "layer_norm", x=normal(3, 4, scale=1e-4))
known("input_large", "layer_norm", x=normal(3, 4, scale=1e8))
known("large_mean", "batch_norm", x=normal(5, 3, mean=1e4))
known("variance_of_large", "variance", x=normal(5, 3, mean=1e6))
known("softmax_equal", "softmax", x=exactly(np.full((2, 4), 1e5)))
known("mean_squares_large", "mean_squared_error", x=pair(normal(4, 3, mean=1e5), normal(4, 3, mean=1e5)))
curve("logarithm_of_large", np.log, lambda x: 1 / x, [1e100, 1e10, 3.0], tolerance=None)
curve("square_of_mixed", np.square, lambda x: 2 * x, [1e-12, 1.0, 1e12], tolerance=None)
curve("sine_of_large", np.sin, np.cos, [1e6, 12345.678, 0.1], tolerance=None)
curve("fast_sine", lambda x: np.sin(1e4 * x), lambda x: 1e4 * np.cos(1e4 * x), [0.3, 1.0, -2.0], tolerance=None)
curve(
    "fast_small_sine",
    lambda x: x + 1e-4 * np.sin(1e4 * x),
    lambda x: 1 + np.cos(1e4 * x),
    [0.3, 1.0, -2.0],
    tolerance=None,
)
curve("very_fast_sine", lambda x: np.sin(1e6 * x), lambda x: 1e6 * np.cos(1e6 * x), [0.3, 1.0], tolerance=None)
curve(
    "narrow_bump",
    lambda x: np.exp(-1e8 * (x - 1) ** 2),
    lambda x: -2e8 * (x - 1) * np.exp(-1e8 * (x - 1) ** 2),
    [1 + 3e-5, 1 - 1e-4, 2.0],
    tolerance=None,
)
curve(
    "steep_sigmoid",
    lambda x: np.tanh(1e6 * (x - 1)),
    lambda x: 1e6 * (1 - np.tanh(1e6 * (x - 1)) ** 2),
    [1.0, 1 + 5e-7, 2.0],
    tolerance=None,
)
curve("nearly_cancelled", lambda x: (1 + x) - 1, np.ones_like, [1e-3, 1e-7, 0.5], tolerance=None)
curve(
    "cosine_difference",
    lambda x: (1 - np.cos(x)) / x,
    lambda x: (x * np.sin(x) - (1 - np.cos(x))) / x**2,
    [1e-2, 1e-4, 1.0],
    tolerance=None,
)
curve("large_constant_subtracted", lambda x: (x**2 + 1e8) - 1e8, lambda x: 2 * x, [1.0, -3.0, 1e-3], tolerance=None)
