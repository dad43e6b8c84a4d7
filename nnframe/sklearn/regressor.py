"""NNRegressor: a network that predicts numbers, as scikit-learn has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from nnframe.sklearn.estimator import Estimator, checked_weight

# isort: split
from sklearn.base import RegressorMixin
from sklearn.utils.validation import column_or_1d, validate_data

__all__ = ["NNRegressor"]


class NNRegressor(RegressorMixin, Estimator):  # type: ignore[misc]  # scikit-learn has no types
    """A network trained on a loss of numbers, the squared error where nothing else is asked for.

    Targets are taken as they are: scale them, for example with scikit-learn's TransformedTargetRegressor, where they
    are far from the size of 1.

    Args:
        hidden_layer_sizes: Units of each hidden layer.
        activation: After each of them: a name, a part, or ``{"name": ..., options}``.
        layers: Instead of both, all layers but the last: whatever ``Model`` takes.
        optimizer: A name, a part, or ``{"name": ..., options}``.
        learning_rate: In place of the optimizer's; a number, or a schedule.
        epochs: How often to go through all examples.
        batch_size: Examples in a step; ``"auto"`` for 200, or all where there are fewer.
        shuffle: Whether to draw a new order every epoch.
        regularizers: By pattern of paths, as ``Model`` has them: ``{"*.weight": {"name": "l2", "strength": 0.01}}``.
        early_stopping: Keep ``validation_fraction`` of the examples aside, stop when ``patience`` epochs have brought
            no lower loss on them, and go back to the best one.
        callbacks: What else to do beside training.
        warm_start: Let ``fit`` go on with the model of before.
        random_state: Initial values and shuffling are drawn from it.
        dtype: ``"float64"`` or ``"float32"``, of parameters and arithmetic.
        verbose: Show progress.
        loss: A name, a part, or ``{"name": ..., options}``.

    Attributes:
        model_: The trained ``Model``.
        history_: What was measured in the last ``fit``.
        n_iter_: How many epochs that had.

    >>> from nnframe.datasets import load_bundled
    >>> x, y = load_bundled("diabetes")
    >>> scaled = (y[:, 0] - y.mean()) / y.std()
    >>> regressor = NNRegressor((16,), "tanh", epochs=50, random_state=0).fit(x, scaled)
    >>> regressor.score(x, scaled) > 0.4
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (100,),
        activation: Any = "relu",
        *,
        loss: Any = "mse",
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
        super().__init__(
            hidden_layer_sizes,
            activation,
            layers=layers,
            optimizer=optimizer,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            shuffle=shuffle,
            regularizers=regularizers,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            patience=patience,
            callbacks=callbacks,
            warm_start=warm_start,
            random_state=random_state,
            dtype=dtype,
            verbose=verbose,
        )
        self.loss = loss

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on X (examples, features) and y: numbers (examples,), or (examples, targets)."""
        x, y = validate_data(self, X, y, multi_output=True, y_numeric=True, dtype=(np.float64, np.float32))
        self._flat = y.ndim == 1 or y.shape[1] == 1
        if self._flat:
            y = column_or_1d(y, warn=True)[:, None]
        weights = {"sample_weight": checked_weight(sample_weight, x)}
        return self._train(x, y.astype(self.dtype), y.shape[1], self.loss, weights)

    def predict(self, X: Any) -> Any:
        """Return the predictions: (examples,), or (examples, targets) where there are several."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._flat else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
