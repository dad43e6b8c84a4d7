"""Arrays of unusual size and layout: none, one or no axes, views, other orders, read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.corpus.case import RIGHT, Gradients, Result, tricky
from tests.corpus.data import fixed, normal


def frozen(array: Any) -> Any:
    """A read-only array."""
    array.flags.writeable = False
    return array


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "fortran": np.asfortranarray,
    "every_second": lambda array: np.repeat(np.repeat(array, 2, axis=0), 2, axis=1)[::2, ::2],
    "negative_strides": lambda array: array[::-1, ::-1],
    "transposed_view": lambda array: np.ascontiguousarray(array.T).T,
    "read_only": frozen,
    "read_only_fortran": lambda array: frozen(np.asfortranarray(array)),
    "broadcast_view": lambda array: np.broadcast_to(array[:1], array.shape),
}
for name, layout in LAYOUTS.items():

    def laid_out(
        rows: int, columns: int, layout: Callable[[Any], Any] = layout
    ) -> Callable[[np.random.Generator], Any]:
        """Normal numbers in this layout."""
        return lambda rng: layout(rng.normal(size=(rows, columns)))

    tricky(f"dense_{name}", RIGHT["dense"].function, laid_out(4, 3), weight=laid_out(3, 2), bias=normal(2))
    tricky(f"elementwise_{name}", RIGHT["tanh"].function, laid_out(3, 4))


def scalar_square(p: Any, x: Any) -> Result:
    """``a x²`` of numbers without axes."""
    return p["factor"] * x**2, lambda upstream: (
        np.asarray(2 * p["factor"] * x * upstream),
        {"factor": np.asarray(x**2 * upstream)},
    )


tricky("zero_dimensional", scalar_square, fixed(1.5), factor=fixed(0.7))
tricky("one_element", RIGHT["dense"].function, normal(1, 1), weight=normal(1, 1), bias=normal(1))
tricky("one_row", RIGHT["dense"].function, normal(1, 4), weight=normal(4, 1), bias=normal(1))
tricky("empty_batch", RIGHT["dense"].function, normal(0, 3), weight=normal(3, 2), bias=normal(2))
tricky("empty_features", RIGHT["dense"].function, normal(3, 0), weight=normal(0, 2), bias=normal(2))
tricky("empty_elementwise", RIGHT["tanh"].function, normal(0))
tricky("five_axes", RIGHT["tanh"].function, normal(1, 2, 1, 2, 2))
tricky("long_and_thin", RIGHT["scale_shift"].function, normal(50, 1), scale=normal(1), shift=normal(1))
tricky("softmax_of_one", RIGHT["softmax"].function, normal(3, 1))
tricky("layer_norm_of_one", RIGHT["layer_norm"].function, normal(3, 1), scale=normal(1), shift=normal(1))
tricky("embedding_one_row", RIGHT["embedding"].function, fixed(np.array([0, 0, 0])), table=normal(1, 2))
tricky("embedding_unused_rows", RIGHT["embedding"].function, fixed(np.array([2, 2])), table=normal(8, 2))
tricky("embedding_int8", RIGHT["embedding"].function, fixed(np.array([2, 1, 2], dtype=np.int8)), table=normal(3, 2))
tricky(
    "embedding_unsigned", RIGHT["embedding"].function, fixed(np.array([2, 1, 2], dtype=np.uint16)), table=normal(3, 2)
)


def masked(p: Any, x: Any) -> Result:
    """A weighted mean over what a mask of booleans keeps."""
    values, mask = x
    count = mask.sum()

    def pullback(upstream: Any) -> Gradients:
        return (upstream * mask * p["weight"] / count, None), {"weight": upstream * (mask * values).sum(axis=0) / count}

    return (values * mask * p["weight"]).sum() / count, pullback


tricky("boolean_mask", masked, lambda rng: (rng.normal(size=(4, 2)), rng.random((4, 2)) < 0.6), weight=normal(2))


def shared_memory(p: Any, x: Any) -> Result:
    """Two parameters multiplied, which may be views of one array."""
    return x * p["first"] + p["second"] ** 2, lambda upstream: (
        upstream * p["first"],
        {"first": (upstream * x).sum(axis=0), "second": 2 * p["second"] * upstream.sum(axis=0)},
    )


tricky("three_hundred_weights", RIGHT["dense"].function, normal(4, 30), weight=normal(30, 10), bias=normal(10))
tricky(
    "neighbouring_parameters",
    shared_memory,
    normal(4, 3),
    first=lambda rng: rng.normal(size=6)[:3],
    second=lambda rng: rng.normal(size=6)[3:],
)
