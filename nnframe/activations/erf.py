"""The normal distribution function, which array libraries keep in different places."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import cast

from nnframe.arrays import Array
from nnframe.errors import MissingDependencyError

__all__ = ["normal_cdf"]

_HOMES = {
    "torch": "torch.special",
    "jaxlib": "jax.scipy.special",
    "jax": "jax.scipy.special",
    "cupy": "cupyx.scipy.special",
}


def normal_cdf(x: Array) -> Array:
    """Return Φ(x) = (1 + erf(x / √2)) / 2, exact to the last digits for large negative x, too.

    Raises:
        MissingDependencyError: scipy is not installed.

    >>> import numpy as np
    >>> normal_cdf(np.array([0.0]))
    array([0.5])
    """
    return _find(type(x).__module__.partition(".")[0])(x)


@cache
def _find(library: str) -> Callable[[Array], Array]:
    try:
        home = import_module(_HOMES.get(library, "scipy.special"))
    except ImportError as cause:
        raise MissingDependencyError(
            "exact GELU needs the error function of scipy: install nnframe[erf], or set approximate=True"
        ) from cause
    return cast("Callable[[Array], Array]", home.ndtr)
