"""verify_jax: a ``custom_vjp`` function, or any function of JAX arrays and pytrees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from nnframe.arrays import Array
from nnframe.errors import MissingDependencyError, VerificationError
from nnframe.verification import VerificationReport, verify_pullback
from nnframe.verification.report.detail import Details

__all__ = ["verify_jax"]


def verify_jax(
    function: Callable[..., Any],
    *arguments: Any,
    seed: int = 0,
    budget: float | None = None,
    details: Details = False,
) -> VerificationReport:
    """Verify what ``jax.vjp`` makes of a function: every gradient, by the function's own values.

    The values come from the function as it is called, the gradients from its reverse rule, so a ``custom_vjp`` whose
    forward rule computes something else is found as well. Everything runs in double precision where the arrays are.

    Args:
        function: Any function, jitted or not, of pytrees to one array.
        arguments: Pytrees of arrays; leaves of real numbers get a gradient. A leaf is named by its place:
            ``"0.weight"`` is ``arguments[0]["weight"]``.
        seed: Chooses upstream gradients and directions.
        budget: At most so many forwards (int) or seconds (float).
        details: Keep what pictures of each gradient show; True, or the element to show by path.

    Raises:
        MissingDependencyError: JAX is not installed.
        VerificationError: The function does not return one array.

    Example::

        verify_jax(lambda x: jnp.tanh(x), np.ones(3)).raise_if_failed()
    """
    jax = _jax()
    leaves, structure = jax.tree_util.tree_flatten_with_path(arguments)
    names = [".".join(_step(key) for key in path) for path, _ in leaves]
    values = {name: np.array(leaf) for name, (_, leaf) in zip(names, leaves, strict=True)}
    real = {name: value for name, value in values.items() if value.dtype.kind == "f"}

    def rebuild(found: Mapping[str, Any]) -> Any:
        return jax.tree_util.tree_unflatten(structure, [found.get(name, values[name]) for name in names])

    def call(parameters: Mapping[str, Array]) -> Any:
        return function(*rebuild(parameters))

    def run(parameters: Mapping[str, Array], _: object) -> tuple[Array, Callable[[Array], Any]]:
        with jax.enable_x64(True):
            given = {name: jax.numpy.asarray(value) for name, value in parameters.items()}
            output = np.asarray(_one_array(call(given)))

        def pullback(upstream: Array) -> tuple[None, dict[str, object]]:
            with jax.enable_x64(True):
                primal, pull = jax.vjp(call, given)
                (gradient,) = pull(jax.numpy.asarray(upstream, dtype=primal.dtype).reshape(primal.shape))
            return None, {name: np.array(each) for name, each in gradient.items()}

        return cast("Array", output), pullback

    return verify_pullback(run, real, (), seed=seed, budget=budget, details=details)


def _jax() -> Any:
    try:
        import jax
    except ImportError as cause:
        raise MissingDependencyError("verify_jax needs JAX: install nnframe[jax]") from cause
    return jax


def _step(key: Any) -> str:
    for attribute in ("idx", "key", "name"):
        if hasattr(key, attribute):
            return str(getattr(key, attribute))
    return str(key)


def _one_array(output: Any) -> Any:
    if not hasattr(output, "shape"):
        raise VerificationError(f"the function must return one array, and returned {type(output).__name__}")
    return output
