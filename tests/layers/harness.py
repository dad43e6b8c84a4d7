"""Runs a layer, and holds it against torch or against differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np
import pytest

from nnframe.arrays import Array
from nnframe.interfaces import AnyLayer, Builder, Context, is_statistic

SCALE = {"float64": 1e-10, "float32": 3e-5}


def arrays_of(tree: Any, path: str = "", statistics: bool = False) -> dict[str, Array]:
    """Return the arrays of a tree of parameters by path, without running statistics unless they are asked for."""
    if isinstance(tree, np.ndarray):
        return {path: tree}
    if tree is None:
        return {}
    if isinstance(tree, tuple):
        members = [(str(index), member) for index, member in enumerate(tree)]
    else:
        fields = [f for f in attrs.fields(type(tree)) if statistics or not is_statistic(f)]
        members = [(field.name, getattr(tree, field.name)) for field in fields]
    found: dict[str, Array] = {}
    for name, member in members:
        found |= arrays_of(member, f"{path}.{name}".lstrip("."), statistics)
    return found


def replaced(tree: Any, change: Callable[[str, Array], Array], path: str = "") -> Any:
    """Return a tree of the same structure with other arrays."""
    if isinstance(tree, np.ndarray):
        return change(path, tree)
    if tree is None:
        return None
    if isinstance(tree, tuple):
        return tuple(replaced(member, change, f"{path}.{index}".lstrip(".")) for index, member in enumerate(tree))
    names = [field.name for field in attrs.fields(type(tree))]
    return type(tree)(*(replaced(getattr(tree, name), change, f"{path}.{name}".lstrip(".")) for name in names))


def built(layer: AnyLayer, x: object, seed: int = 0, dtype: str = "float64") -> Any:
    """Return parameters for x at which nothing is special: no zeros, no ones, variances that are positive."""
    rng = np.random.default_rng(seed)
    parameters, _ = layer.build(x, Builder(rng))

    def general(path: str, array: Array) -> Array:
        moved = np.asarray(array + 0.3 * rng.normal(size=array.shape), dtype)
        return np.abs(moved) + np.asarray(0.5, dtype) if path.endswith("variance") else moved

    return replaced(parameters, general)


def agree(name: str, ours: Array, theirs: Array, dtype: str) -> None:
    """Hold an array against another, to the arithmetic of a dtype, relative to the largest element."""
    assert ours.shape == theirs.shape, name
    assert ours.dtype == dtype, name
    if ours.size:
        scale = max(float(np.abs(theirs).max()), 0.1)
        assert float(np.abs(ours - theirs).max()) <= SCALE[dtype] * scale, name


def hold_against_torch(
    layer: AnyLayer,
    x: Any,
    reference: Callable[[Mapping[str, Any], Any], Any],
    dtype: str,
    *,
    context: Context | None = None,
    seed: int = 0,
) -> None:
    """Compare output and all gradients with torch's, which computes in float64.

    Args:
        layer: The layer.
        x: Its input: an array, or a tuple of arrays; what is real is cast to ``dtype``.
        reference: (parameters by path, x) -> output, in torch, on tensors of nnframe's layout.
        dtype: What nnframe computes in.
        context: What the layer is run in; by default inference.
        seed: Of parameters and upstream.
    """
    torch = pytest.importorskip("torch")
    parameters = built(layer, x, seed, dtype)
    given = _cast(x, dtype)
    result: Any = layer.run(parameters, given, context or Context())
    y, pullback = result
    upstream = np.random.default_rng([seed, 1]).normal(size=np.shape(y)).astype(dtype)
    dx, gradient = pullback(upstream)

    inputs = [torch.tensor(np.array(part, "float64" if part.dtype == dtype else None)) for part in _parts(given)]
    weights = {name: torch.tensor(array.astype("float64")) for name, array in arrays_of(parameters, "", True).items()}
    moved = list(arrays_of(gradient))
    wanted = [part for part in inputs if part.is_floating_point()] + [weights[name] for name in moved]
    for tensor in wanted:
        tensor.requires_grad_()
    output = reference(weights, tuple(inputs) if isinstance(x, tuple) else inputs[0])
    agree("output", y, output.detach().numpy(), dtype)
    expected = torch.autograd.grad(output, wanted, torch.tensor(upstream.astype("float64")))
    ours = [part for part in _parts(dx) if part is not None] + list(arrays_of(gradient).values())
    names = [f"input {index}" for index in range(len(wanted) - len(moved))] + moved
    for name, mine, theirs in zip(names, ours, expected, strict=True):
        agree(name, mine, theirs.numpy(), dtype)


def _parts(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _cast(x: Any, dtype: str) -> Any:
    if isinstance(x, tuple):
        return tuple(_cast(part, dtype) for part in x)
    return x.astype(dtype) if x.dtype.kind == "f" else x
