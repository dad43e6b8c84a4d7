"""Where the data of an experiment come from, and how they are divided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from nnframe.errors import DataError, MissingDependencyError, SpecError
from nnframe.experiment.plan import DataPlan

__all__ = ["Division", "load_division"]

_SCIKIT_LEARN = ("breast_cancer", "digits", "iris", "wine")


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
    x, y = _bundled(plan.source) if plan.source in _SCIKIT_LEARN else _file(plan.source, folder)
    if not 0 < plan.test_fraction < 1:
        raise SpecError(f"data: test_fraction must lie between 0 and 1, and is {plan.test_fraction}")
    kept = round(len(x) * plan.test_fraction)
    if len(x) != len(y) or not 0 < kept < len(x):
        raise DataError(f"{plan.source}: {len(x)} inputs and {len(y)} targets cannot be divided")
    order = np.random.default_rng(plan.seed).permutation(len(x))
    train, test = order[kept:], order[:kept]
    return Division(x[train], y[train], x[test], y[test])


def _bundled(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    try:
        from sklearn import datasets  # type: ignore[import-untyped, unused-ignore]
    except ImportError as cause:
        raise MissingDependencyError(f"the data {name!r} come with scikit-learn: install nnframe[examples]") from cause
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    if name == "digits":
        return x / 16, y  # pixels count from 0 to 16
    return (x - x.mean(0)) / x.std(0), y


def _file(source: str, folder: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    path = folder / source
    if path.suffix != ".npz":
        raise SpecError(f"data: source must be one of {', '.join(_SCIKIT_LEARN)}, or a .npz file; got {source!r}")
    try:
        with np.load(path, allow_pickle=False) as content:
            return content["x"], content["y"]
    except KeyError as cause:
        raise DataError(f"{path} must hold two arrays, x and y") from cause
    except (OSError, ValueError, EOFError) as cause:
        raise DataError(f"{path} cannot be read: {cause}") from cause
