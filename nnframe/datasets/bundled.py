"""The small data sets that come with scikit-learn."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nnframe.errors import DataError, MissingDependencyError

__all__ = ["BUNDLED", "load_bundled"]

BUNDLED = ("breast_cancer", "diabetes", "digits", "iris", "wine")
"""Which there are: all but diabetes, which has numbers as targets, are for classification."""


def load_bundled(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return x and y of a set that comes with scikit-learn, scaled for a network.

    The digits' pixels are brought from [0, 16] to [0, 1]; columns of the others to mean 0 and standard deviation 1.

    Args:
        name: One of ``BUNDLED``.

    Returns:
        x (examples, features), and y: labels (examples,), or of diabetes numbers (examples, 1).

    Raises:
        DataError: There is no such set.
        MissingDependencyError: scikit-learn is not installed.

    >>> x, y = load_bundled("iris")
    >>> x.shape, y.shape
    ((150, 4), (150,))
    """
    if name not in BUNDLED:
        raise DataError(f"there is no bundled set {name!r:.60}, only {', '.join(BUNDLED)}")
    try:
        from sklearn import datasets  # type: ignore[import-untyped, unused-ignore]
    except ImportError as cause:
        raise MissingDependencyError(f"the data {name!r} come with scikit-learn: install nnframe[examples]") from cause
    x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    if name == "digits":
        return x / 16, y  # pixels count from 0 to 16
    return (x - x.mean(0)) / x.std(0), y[:, None] if name == "diabetes" else y
