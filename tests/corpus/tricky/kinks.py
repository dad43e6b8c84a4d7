"""Joints, ties and jumps of slope: at them, and within 1e-9 to 1e-5 of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal, tuples
from tests.corpus.functions.elementwise import elementwise

DISTANCES = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5)
JOINTS = {"relu": 0.0, "absolute": 0.0, "leaky_relu": 0.0, "elu": 0.0, "hard_sigmoid": 3.0, "softsign": 0.0}

for name, joint in JOINTS.items():
    function = RIGHT[name].function
    tricky(f"{name}_at_joint", function, fixed([joint, 1.0, -2.0, 0.5]))
    tricky(f"{name}_near_joint", function, fixed([joint + sign * far for far in DISTANCES for sign in (1, -1)]))

for distance in DISTANCES:
    tricky(f"relu_{distance:g}_from_zero", RIGHT["relu"].function, fixed([distance, -distance, 1.0, -1.0]))
    tricky(f"absolute_{distance:g}_from_zero", RIGHT["absolute"].function, fixed([[distance, -distance]]))
    tricky(
        f"huber_{distance:g}_from_joint",
        RIGHT["huber"].function,
        fixed([1 + distance, 1 - distance, 0.3, -2.0]),
        delta=fixed(1.0),
    )

tricky("absolute_only_zero", RIGHT["absolute"].function, fixed([0.0, 0.0]), free=("input",))
tricky("relu_only_zero", RIGHT["relu"].function, fixed(np.zeros((2, 2))), free=("input",))
tricky("huber_at_joint", RIGHT["huber"].function, fixed([1.0, -1.0, 0.25, 3.0]), delta=fixed(1.0))
tricky(
    "hinge_at_margin",
    RIGHT["hinge"].function,
    fixed([[1.0, 0], [0, -1.0], [2.0, 3.0]]),
    weight=fixed([1.0, 1.0]),
    bias=fixed(0.0),
)
tricky("prelu_at_zero", RIGHT["prelu"].function, fixed([[0.0, 1, -1], [2, 0.0, -3]]), slope=fixed([0.1, 0.2, 0.3]))
tricky(
    "max_rows_tied", RIGHT["max_rows"].function, fixed([[1.0, 2, 2, 0], [3, 3, 3, 3], [1, 0, 0, 0]]), scale=normal(3)
)
tricky(
    "max_rows_nearly_tied",
    RIGHT["max_rows"].function,
    fixed([[1.0, 2, 2 + 1e-9, 0], [3, 3 + 1e-7, 3, 0]]),
    scale=normal(2),
)
tricky("min_pair_tied", RIGHT["min_pair"].function, tuples(fixed([[1.0, 2, 3]]), fixed([[1.0, 5, 3]])))
tricky("max_pool_tied", RIGHT["max_pool2d"].function, lambda rng: rng.integers(0, 3, size=(2, 2, 4, 4)).astype(float))
tricky("max_pool_constant", RIGHT["max_pool2d"].function, fixed(np.ones((1, 1, 4, 4))))
tricky(
    "max_pool1d_tied",
    RIGHT["max_pool1d_overlapping"].function,
    lambda rng: rng.integers(0, 3, size=(2, 2, 6)).astype(float),
)
tricky("sort_tied", RIGHT["sort"].function, fixed([[2.0, 1, 2, 0, 5]]), weight=normal(5))
tricky("median_tied", RIGHT["median"].function, fixed([[1.0, 2, 2, 3, 0]]))
tricky(
    "mlp_relu_zero_weights",
    RIGHT["mlp_relu"].function,
    normal(3, 3),
    weight1=fixed(np.zeros((3, 4))),
    bias1=fixed([0.0, 0, 1, 2]),
    weight2=normal(4, 2),
    bias2=normal(2),
)
tricky(
    "mlp_relu_one_input_zero",
    RIGHT["mlp_relu"].function,
    fixed([[0.0, 0, 0], [1, 2, -1]]),
    weight1=normal(3, 4),
    bias1=fixed([0.0] * 4),
    weight2=normal(4, 2),
    bias2=normal(2),
)

ELEMENTS = {
    "x_absolute_x": ([0.0, 1e-7, -2.0, 1.0], lambda x: x * np.abs(x), lambda x: 2 * np.abs(x)),
    "relu_squared": ([0.0, 1e-8, -1e-8, 1.0], lambda x: np.maximum(x, 0) ** 2, lambda x: 2 * np.maximum(x, 0)),
    "power_three_halves": (
        [0.0, 1e-6, 1.0, -1.0],
        lambda x: np.abs(x) ** 1.5,
        lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x)),
    ),
    "relu6": (
        [0.0, 6.0, 3.0, 6.0 + 1e-7, -1.0],
        lambda x: np.clip(x, 0, 6),
        lambda x: ((x > 0) & (x < 6)).astype(float),
    ),
    "floor_plus_slope": ([0.5, 1.25, -0.75], lambda x: np.floor(x) + 2 * x, lambda x: np.full_like(x, 2.0)),
    "triangle_wave": (
        [0.25, 0.5 + 1e-6, 0.75, 1.2],
        lambda x: np.abs(x - np.round(x)),
        lambda x: np.sign(x - np.round(x)),
    ),
    "cube_root_of_square": ([1e-6, 0.5, -2.0], lambda x: np.cbrt(x**2), lambda x: 2 / (3 * np.cbrt(x))),
    "smooth_in_a_narrow_well": ([1e-4, 1.0, -1e-3], lambda x: np.sqrt(x**2 + 1e-8), lambda x: x / np.sqrt(x**2 + 1e-8)),
}
for name, (values, value, slope) in ELEMENTS.items():
    tricky(name, elementwise(value, slope), fixed(values))


def l1_penalty(p: Any, x: Any) -> Result:
    """``Σ (x w)² + Σ |w|``, with weights that are zero."""
    inner = x @ p["weight"]

    def pullback(upstream: Any) -> Gradients:
        return np.outer(2 * upstream * inner, p["weight"]), {
            "weight": upstream * (2 * x.T @ inner + np.sign(p["weight"]))
        }

    return (inner**2).sum() + np.abs(p["weight"]).sum(), pullback


tricky("l1_penalty_at_zero", l1_penalty, normal(4, 3), weight=fixed([0.0, 1.0, -0.5]))


def norm_or_zero(p: Any, x: Any) -> Result:
    """``|x − c|`` of each row; zero as gradient where a row is at the centre."""
    difference = x - p["centre"]
    length = np.sqrt((difference**2).sum(axis=1))
    inverse = np.divide(1, length, out=np.zeros_like(length), where=length > 0)

    def pullback(upstream: Any) -> Gradients:
        of_x = difference * (upstream * inverse)[:, None]
        return of_x, {"centre": -of_x.sum(axis=0)}

    return length, pullback


tricky("norm_at_centre", norm_or_zero, fixed([[1.0, 2], [3, 4], [1, 2.5]]), centre=fixed([1.0, 2.0]))
