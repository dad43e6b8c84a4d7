"""What a classifier and a regressor have in common: a model made of parameters as scikit-learn has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import attrs
import numpy as np

from nnframe.callbacks import EarlyStopping
from nnframe.errors import ConfigurationError, MissingDependencyError
from nnframe.layers import Dense
from nnframe.layers.convert import as_layers
from nnframe.model import Model
from nnframe.training.fit import resolve_optimizer
from nnframe.training.history import History

try:
    from sklearn.base import BaseEstimator
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError as cause:
    raise MissingDependencyError("this needs scikit-learn, 1.6 or later: install nnframe[sklearn]") from cause

__all__ = ["Estimator", "checked_weight"]

LARGEST_AUTO = 200
"""How many examples a batch has at most where nobody says."""


class Estimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A network whose last layer fits the targets.

    Attributes:
        model_: The trained ``Model``.
        history_: What was measured in the last ``fit``.
        n_iter_: How many epochs that had.
        n_features_in_, feature_names_in_: As in every estimator.
    """

    model_: Model
    history_: History
    n_iter_: int
    n_features_in_: int

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        layers: Any = None,
        optimizer: Any = "adam",
        learning_rate: Any = None,
        epochs: int = 200,
        batch_size: int | str = "auto",
        shuffle: bool = True,
        regularizers: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        callbacks: Any = (),
        warm_start: bool = False,
        random_state: Any = None,
        dtype: str = "float64",
        verbose: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.layers = layers
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.regularizers = regularizers
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.random_state = random_state
        self.dtype = dtype
        self.verbose = verbose

    def _train(self, x: Any, y: Any, outputs: int, loss: Any, weights: Mapping[str, Any]) -> Self:
        """Fit a model with so many outputs, the one of before if it is to go on."""
        if not (self.warm_start and hasattr(self, "model_")):
            self.model_ = self._made(outputs, loss)
        self._same_outputs(outputs)
        size: Any = min(LARGEST_AUTO, len(x)) if self.batch_size == "auto" else self.batch_size
        callbacks = list(self.callbacks)
        if self.early_stopping:
            callbacks.append(EarlyStopping("val_loss", patience=self.patience, restore_best=True))
        self.history_ = self.model_.fit(
            x,
            y,
            optimizer=self._optimizer(),
            epochs=self.epochs,
            batch_size=size,
            shuffle=self.shuffle,
            validation_split=self.validation_fraction if self.early_stopping else 0.0,
            callbacks=callbacks,
            progress=bool(self.verbose),
            **weights,
        )
        self.n_iter_ = len(self.history_)
        return self

    def _same_outputs(self, outputs: int) -> None:
        """With ``warm_start``: refuse to go on with other data."""
        was = self.model_.inputs.shapes[0][0], self.model_.trained[-1].size
        if was != (self.n_features_in_, outputs):
            raise ConfigurationError(
                f"warm_start goes on with a model of {was[0]} features and {was[1]} outputs, and the data ask for "
                f"{self.n_features_in_} and {outputs}: set warm_start=False"
            )

    def _made(self, outputs: int, loss: Any) -> Model:
        if self.layers is None:
            hidden: list[Any] = []
            for units in self.hidden_layer_sizes:
                hidden += [Dense(_whole(units)), self.activation]
        else:
            hidden = list(as_layers(self.layers))
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        return Model(
            [*hidden, Dense(outputs)],
            loss=loss,
            input_shape=(self.n_features_in_,),
            seed=seed,
            dtype=self.dtype,
            regularizers=self.regularizers,
        )

    def _optimizer(self) -> Any:
        part: Any = resolve_optimizer(self.optimizer)
        return part if self.learning_rate is None else attrs.evolve(part, learning_rate=self.learning_rate)

    def _outputs(self, x: Any) -> Any:
        """Return what the last layer makes of ``x``."""
        check_is_fitted(self)
        return self.model_.predict(validate_data(self, x, reset=False, dtype=(np.float64, np.float32)))


def _whole(units: Any) -> int:
    if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 1:
        raise ConfigurationError(f"hidden_layer_sizes must be whole numbers from 1, and hold {units!r:.40}")
    return int(units)


def checked_weight(weight: Any, x: Any) -> Any:
    """Return the weights of examples as scikit-learn takes them: None, one number, or one for each."""
    return None if weight is None else _check_sample_weight(weight, x, ensure_non_negative=True)
