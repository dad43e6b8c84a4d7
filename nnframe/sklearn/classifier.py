"""NNClassifier: a network that tells classes apart, as scikit-learn has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from nnframe.errors import ConfigurationError
from nnframe.sklearn.estimator import Estimator, checked_weight

# isort: split
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d, validate_data

__all__ = ["NNClassifier"]


class NNClassifier(ClassifierMixin, Estimator):  # type: ignore[misc]  # scikit-learn has no types
    """A network trained on the cross-entropy: of one class of many, or of several labels each yes or no.

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
        class_weight: How much each class counts, {class: weight}; "balanced" for all alike.

    Attributes:
        classes_: The classes, in the order of ``predict_proba``; of several labels their numbers.
        model_: The trained ``Model``: it gives logits.
        history_: What was measured in the last ``fit``.
        n_iter_: How many epochs that had.

    >>> from nnframe.datasets import load_bundled
    >>> x, y = load_bundled("iris")
    >>> names = np.array(["setosa", "versicolor", "virginica"])[y]
    >>> classifier = NNClassifier((16,), "tanh", learning_rate=0.01, epochs=100, random_state=0).fit(x, names)
    >>> classifier.score(x, names) > 0.95, classifier.predict(x[:1])
    (True, array(['setosa'], dtype='<U10'))
    """

    classes_: Any

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
        class_weight: Mapping[Any, float] | str | None = None,
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
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on X (examples, features) and y: classes (examples,), or labels of 0 and 1 (examples, labels)."""
        x, y = validate_data(self, X, y, multi_output=True, dtype=(np.float64, np.float32))
        check_classification_targets(y)
        self._multilabel = type_of_target(y).startswith("multilabel")
        if self._multilabel:
            classes, target, loss = np.arange(y.shape[1]), y.astype(self.dtype), "binary_cross_entropy"
        else:
            classes, target = np.unique(column_or_1d(y, warn=True), return_inverse=True)
            loss = "cross_entropy"
        if self.warm_start and hasattr(self, "classes_") and not np.array_equal(classes, self.classes_):
            raise ConfigurationError(f"warm_start goes on with the classes {self.classes_}, and y has {classes}")
        self.classes_ = classes
        weights = {"sample_weight": checked_weight(sample_weight, x), "class_weight": self._class_weight()}
        return self._train(x, target, len(classes), {"name": loss, "from_logits": True}, weights)

    def predict(self, X: Any) -> Any:
        """Return the likeliest class of each example, or of each label whether it is likely."""
        logits = self._outputs(X)
        if self._multilabel:
            return (logits > 0).astype(int)
        return self.classes_[logits.argmax(1)]

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class, or label: (examples, classes)."""
        logits = self._outputs(X).astype(np.float64)
        if self._multilabel:
            return np.exp(-np.logaddexp(0, -logits))
        raised = np.exp(logits - logits.max(1, keepdims=True))
        return raised / raised.sum(1, keepdims=True)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _class_weight(self) -> dict[int, float] | str | None:
        """Return the weights by the numbers of the classes, as ``Model.fit`` takes them."""
        given = self.class_weight
        if given is None or isinstance(given, str):
            return given
        numbers = {label: number for number, label in enumerate(self.classes_.tolist())}
        unknown = [label for label in given if label not in numbers]
        if unknown:
            raise ConfigurationError(f"class_weight has the class {unknown[0]!r:.40}, and y has {list(numbers)!r:.100}")
        return {numbers[label]: weight for label, weight in given.items()}
