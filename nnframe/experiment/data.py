"""Where the data of an experiment come from, and how they are divided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe.datasets import BUNDLED, load_bundled, load_npz
from nnframe.errors import DataError, SpecError
from nnframe.experiment.plan import DataPlan

__all__ = ["Division", "load_division"]


@frozen(eq=False)
class Division:
    """Examples to train with, and examples to test with."""

    x: NDArray[Any]
    y: NDArray[Any]
    x_test: NDArray[Any]
    y_test: NDArray[Any]


def load_division(plan: DataPlan, folder: Path) -> Division:
    """Load the data of a plan and divide them at random, always alike for one seed.

    Args:
        plan: Which data.
        folder: What a relative path in the plan is relative to.

    Raises:
        SpecError: There is no such source.
        DataError: The file has no x and y, or too few examples.
        MissingDependencyError: scikit-learn has the data, and is not installed.
    """
    x, y = load_bundled(plan.source) if plan.source in BUNDLED else _file(plan.source, folder)
    if not 0 < plan.test_fraction < 1:
        raise SpecError(f"data: test_fraction must lie between 0 and 1, and is {plan.test_fraction}")
    kept = round(len(x) * plan.test_fraction)
    if len(x) != len(y) or not 0 < kept < len(x):
        raise DataError(f"{plan.source}: {len(x)} inputs and {len(y)} targets cannot be divided")
    order = np.random.default_rng(plan.seed).permutation(len(x))
    train, test = order[kept:], order[:kept]
    return Division(x[train], y[train], x[test], y[test])


def _file(source: str, folder: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    path = folder / source
    if path.suffix != ".npz":
        raise SpecError(f"data: source must be one of {', '.join(BUNDLED)}, or a .npz file; got {source!r}")
    return load_npz(path)
