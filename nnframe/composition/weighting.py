"""Weights and masks: what is checked of them before they are used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnframe.arrays import Array, Booleans, Integers, Shape
from nnframe.arrays.conversion import as_numbers, cast_finite, refuse_elements
from nnframe.composition.examples import Examples, count
from nnframe.composition.reduction import sum_weights
from nnframe.errors import ShapeError

if TYPE_CHECKING:
    from nnframe.composition.network import Network

__all__ = ["as_mask", "find_remaining", "prepare_mask", "prepare_weights"]


def prepare_weights(weight: object, examples: int, dtype: np.dtype[Any], steps: Shape | None = None) -> Array | None:
    """Return the weights of examples, or of time steps, as an array in the model's dtype; None for all alike.

    Args:
        weight: What the user gave.
        examples: How many there are.
        dtype: The model's dtype.
        steps: (time, ...) of the predictions, of which the weights have none, the first axes, or all; None where only
            the predictions will tell.

    Raises:
        ShapeError, DtypeError, DataError: The weights are not one finite number from 0 for each example, or step, or
            their sum is too large for float64.

    >>> prepare_weights([1, 2], 2, np.dtype("float64"))
    array([1., 2.])
    """
    if weight is None:
        return None
    array = as_numbers(weight, "sample_weight")
    later = array.shape[1:]
    if array.shape[:1] != (examples,) or (steps is not None and later != steps[: len(later)]):
        each = f" or {(examples, *steps)}, one for each step" if steps else ""
        raise ShapeError(
            f"sample_weight must have shape ({examples},), one for each example{each}, and has {array.shape}"
        )
    array = cast_finite(array, dtype, "sample_weight")
    refuse_elements(array < 0, array, "sample_weight", "must be finite and not negative")
    sum_weights(array, array)
    return array


def find_remaining(weight: Array, gradients: Sequence[Array]) -> Integers | None:
    """Return the examples that count, where the others may have made gradients infinite or nan; None where not.

    0 · ∞ is nan: an example of weight 0 spoils the gradients if it overflows.

    Args:
        weight: (batch, ...), one for each loss.
        gradients: Of all parameters.

    >>> find_remaining(np.array([1.0, 0.0, 2.0]), [np.array([np.nan])]).tolist()
    [0, 2]
    """
    counts = weight.reshape(len(weight), -1).any(axis=1)
    if counts.all() or not counts.any() or all(np.isfinite(each).all() for each in gradients):
        return None
    return np.flatnonzero(counts)


def prepare_mask(mask: object, data: Examples, network: Network) -> Booleans | None:
    """Return the mask of padded steps of prepared data, (examples, time), as booleans; None where nothing is padded.

    Raises:
        ShapeError, DtypeError, DataError: The mask is none, or not of the steps of these data.
    """
    padding = as_mask(mask, count(data))
    if padding is None:
        return None
    arrays = data if isinstance(data, tuple) else (data,)
    lengths = {array.shape[1] for array in arrays if array.ndim > 1}
    if not any(None in shape for shape in network.inputs.shapes):  # else the example's lengths say nothing
        made = [output.shape for output in network.structure.outputs.values() if isinstance(output, np.ndarray)]
        lengths |= {shape[1] for shape in made if len(shape) > 2}
    if padding.shape[1] not in lengths:
        known = " or ".join(map(str, sorted(lengths))) or "none: this model has no time axis"
        raise ShapeError(f"mask must have shape (examples, time), time being {known}, and has {padding.shape}")
    return padding


def as_mask(mask: object, examples: int) -> Booleans | None:
    """Return a mask, (examples, time), as booleans.

    Raises:
        ShapeError, DtypeError, DataError: The mask is not True or False, or 1 or 0, a row for each example.

    >>> as_mask([[1, 0]], 1)
    array([[ True, False]])
    """
    if mask is None:
        return None
    array = as_numbers(mask, "mask", "True or False")
    if array.ndim != 2 or len(array) != examples:
        raise ShapeError(f"mask must have shape ({examples}, time), a row for each example, and has {array.shape}")
    if array.dtype.kind != "b":
        refuse_elements((array != 0) & (array != 1), array, "mask", "must hold True or False, or 1 and 0")
    booleans: Booleans = array.astype(bool, copy=False)
    return booleans
