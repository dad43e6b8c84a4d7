"""Verifies gradients that were not written for nnframe: torch modules and functions, JAX functions, SciPy pairs."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.adapters.jax import verify_jax as verify_jax
    from nnframe.adapters.scipy import verify_scipy as verify_scipy
    from nnframe.adapters.torch import verify_torch as verify_torch

_HOMES = {"verify_jax": "jax", "verify_scipy": "scipy", "verify_torch": "torch"}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
