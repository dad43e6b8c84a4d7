"""Trainable: what training, verification and files see of a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from nnframe.arrays import Array, Booleans
from nnframe.interfaces.layer import AnyLayer
from nnframe.interfaces.loss import Loss

__all__ = ["AnyParameter", "Trainable"]


class AnyParameter(Protocol):
    """One array of parameters, as others see it."""

    @property
    def path(self) -> str: ...
    @property
    def value(self) -> Array: ...
    @property
    def gradient(self) -> Array: ...
    @property
    def trainable(self) -> bool: ...
    @property
    def statistic(self) -> bool: ...


class Trainable(Protocol):
    """A structure of layers with its parameters and a loss."""

    @property
    def layer(self) -> AnyLayer:
        """The structure."""

    @property
    def tree(self) -> object:
        """The parameters of the structure, as it takes them."""

    @property
    def loss(self) -> Loss[object] | None:
        """The loss; None for a model that only predicts."""

    @property
    def parameters(self) -> Mapping[str, AnyParameter]:
        """Every parameter array by path."""

    @property
    def dtype(self) -> np.dtype[np.floating]:
        """The dtype of parameters and arithmetic."""

    def predict(self, x: object, *, batch_size: int = 256, mask: Booleans | None = None) -> Array:
        """Return the outputs at ``x``, in inference."""
