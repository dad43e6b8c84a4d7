"""Warns where units begin alike and therefore stay alike."""

from __future__ import annotations

from collections.abc import Sequence

from nnframe.composition.tree import Leaf, dotted
from nnframe.errors import warn_user

__all__ = ["warn_of_symmetry"]


def warn_of_symmetry(leaves: Sequence[Leaf]) -> None:
    """Warn of hidden layers of several units whose weights all begin with one value.

    Such units compute the same, receive the same gradient, and so remain copies of each other for ever. The last
    layer is left out: its units receive different gradients, because their targets differ.
    """
    trained = [leaf for leaf in leaves if not leaf.statistic]
    for leaf in trained:
        matrices = [other for other in trained if other.owner is leaf.owner and other.array.ndim >= 2]
        if not matrices or leaf is not matrices[0] or leaf.owner is trained[-1].owner:
            continue
        if all(other.array.shape[-1] > 1 and other.array.min() == other.array.max() for other in matrices):
            warn_user(
                f"symmetry is not broken at {dotted(leaf.path)}: all {leaf.array.size} initial values are "
                f"{leaf.array.flat[0]:g}, so the {leaf.array.shape[-1]} units of {type(leaf.layer).__name__} "
                "compute the same, receive the same gradient, and stay copies of each other. "
                "Use random initial values, for example glorot_uniform"
            )
