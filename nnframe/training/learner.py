"""Learner: a network that is given data: a step, predictions, losses, measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from nnframe import registry
from nnframe.arrays import Array
from nnframe.checks import require_positive_int
from nnframe.composition import Network
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces import Batch, Context, Dataset, Metric, Optimizer
from nnframe.interruption import DeferredInterrupt, guard_from_signals

if TYPE_CHECKING:
    from nnframe.training.checked import Checks
    from nnframe.training.clipping import Clipping
    from nnframe.training.optimization import Optimization

__all__ = ["Learner"]

PartSpec: TypeAlias = str | Mapping[str, object]


class Learner(Network):
    """What a ``Model`` does with data, but for ``fit``.

    Attributes:
        optimization: The optimizer at work, and what it remembers; None before the first step.
    """

    optimization: Optimization | None = None
    _checks: Checks | None = None
    _spec: object = None

    def optimize_with(
        self, optimizer: Optimizer[object], clipping: Clipping | Mapping[str, float] | None = None
    ) -> Optimization:
        """Return the optimizer at work; with one that equals the last, what that one remembers is kept."""
        from nnframe.training.clipping import as_clipping
        from nnframe.training.optimization import Optimization

        self._spec = None
        if self.optimization is None or self.optimization.optimizer != optimizer:
            self.optimization = Optimization(optimizer, self.trained)
        self.optimization.clipping = as_clipping(clipping)
        return self.optimization

    def train_step(
        self,
        x: object,
        y: object,
        *,
        optimizer: Optimizer[Any] | PartSpec = "adam",
        clipping: Clipping | Mapping[str, float] | None = None,
        sample_weight: object = None,
        mask: object = None,
    ) -> float:
        """Take one step on one batch of arrays; returns its loss, regularization included.

        A batch in which nothing counts moves nothing.

        What ``fit`` does a step: check, forwards, backwards, update, running statistics. Ctrl-C waits for the update.
        A second call with the same optimizer goes on, and so does ``fit``. A schedule sees the steps; to count an
        epoch, call ``model.optimization.end_epoch(loss)``.

        >>> from nnframe import Model
        >>> from nnframe.layers import Dense
        >>> model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(1,))
        >>> sgd = {"name": "sgd", "learning_rate": 0.25}
        >>> [model.train_step([[1.0]], [[2.0]], optimizer=sgd) for _ in range(3)]
        [4.0, 0.0, 0.0]
        """
        interrupt = DeferredInterrupt()

        def step() -> float:
            batch = self._prepare_step(x, y, optimizer, clipping, sample_weight, mask)
            context = self.step_context(batch.mask)
            loss, gradients, _, weight = self.compute_weighted(batch.x, batch.y, context, batch.sample_weight)
            if weight:
                interrupt.hold()
                cast("Optimization", self.optimization).step(gradients)
                if context.recorded:
                    self.store(context.recorded)
            return loss

        return interrupt.run(step)

    def _prepare_step(
        self,
        x: object,
        y: object,
        optimizer: Optimizer[Any] | PartSpec,
        clipping: Clipping | Mapping[str, float] | None,
        sample_weight: object,
        mask: object,
    ) -> Batch:
        """Resolve the optimizer, unless it is that of the last step, and check a batch."""
        from nnframe.training.checked import Checks

        asked = (optimizer, clipping)
        try:
            known = self._spec == asked
        except ValueError:  # one of them is an array, which resolving refuses
            known = False
        if not known:
            from nnframe.training.fit import resolve_optimizer

            self.optimize_with(resolve_optimizer(optimizer), clipping)
            self._spec = tuple(dict(each) if isinstance(each, Mapping) else each for each in asked)
        if self._checks is None:
            self._checks = Checks(self)
        return self._checks.batch(x, y, sample_weight, mask)

    @guard_from_signals
    def evaluate(
        self,
        x: object,
        y: object = None,
        *,
        metrics: Sequence[Metric[Any] | PartSpec] = (),
        batch_size: int = 256,
        sample_weight: object = None,
        mask: object = None,
    ) -> dict[str, float]:
        """Return the loss Σ wℓ / Σ w over all of the data, and the metrics, in inference; regularization is left out.

        Args:
            x, y: Arrays, or x alone: whatever ``fit`` takes.
            metrics: What to measure beside the loss.
            batch_size: How many examples of arrays are computed at a time.
            sample_weight: (examples,) or (examples, time), how much each example or step counts.
            mask: (examples, time), False where a step is padding.

        Raises:
            DataError: Nothing in the data counts.

        >>> from nnframe import Model
        >>> Model(["tanh"], loss="mse", input_shape=(1,)).evaluate([[0.0]], [[2.0]])
        {'loss': 4.0}
        """
        from nnframe.training.evaluation import evaluate
        from nnframe.training.fit import dataset_of, resolve_all

        data = dataset_of(self, x, y, batch_size=batch_size, sample_weight=sample_weight, mask=mask)
        return evaluate(self, data, resolve_all(metrics, registry.metrics))

    @guard_from_signals
    def losses(self, x: object, y: object = None, *, batch_size: int = 256) -> Array:
        """Return the loss of each example (or time step), in inference: (examples, ...).

        >>> from nnframe import Model
        >>> Model(["tanh"], loss="mse", input_shape=(1,)).losses([[0.0], [0.0]], [[2.0], [3.0]])
        array([4., 9.])
        """
        from nnframe.training.fit import dataset_of

        found = []
        for batch in dataset_of(self, x, y, batch_size=batch_size).batches(None):
            prediction = cast("Array", self.layer.run(self.tree, batch.x, Context(mask=batch.mask))[0])
            found.append(self.loss.forward(prediction, batch.y)[0])  # type: ignore[union-attr]  # data are checked
        if not found:
            raise DataError("there is no data to measure: there are no batches")
        return np.concatenate(found)

    @guard_from_signals
    def predict(self, x: object, *, batch_size: int = 256, mask: object = None) -> Array:
        """Return the outputs at ``x``, in inference, computed ``batch_size`` examples at a time.

        Args:
            x: An array, also memory-mapped; or a Dataset, an iterator of batches, a function that makes one: batches as
                ``fit`` takes them, or their inputs alone.
            batch_size: How many examples of an array are computed at a time.
            mask: (examples, time), False where a step is padding; of arrays only.

        Raises:
            ShapeError, DtypeError, DataError: ``x`` is not what the model takes.

        >>> from nnframe import Model
        >>> model = Model(["tanh"], input_shape=(2,))
        >>> model.predict([[0.0, 0.0]])
        array([[0., 0.]])
        >>> model.predict(np.zeros((1, 2)) for _ in range(2))
        array([[0., 0.],
               [0., 0.]])
        """
        from nnframe.training.mapped import is_mapped, read_inputs

        require_positive_int(batch_size, "batch_size")
        if isinstance(x, Dataset | Iterator) or callable(x):
            if mask is not None:
                raise ConfigurationError("mask is for arrays: put it into the batches, Batch(x, y, mask=...)")
            inputs = self._inputs(x)
        elif is_mapped(x):
            inputs = read_inputs(self.inputs, x, mask, batch_size)
        else:
            return super().predict(x, batch_size=batch_size, mask=mask)
        outputs = [super(Learner, self).predict(part, mask=padding) for part, padding in inputs]
        return np.concatenate(outputs) if outputs else super().predict(self.inputs.example(self.dtype, 0))

    def _inputs(self, x: Dataset | Iterator[object] | Callable[[], Iterable[object]]) -> Iterator[tuple[object, Any]]:
        """Iterate over the inputs of batches, and their masks."""
        batches = x.batches(None) if isinstance(x, Dataset) else x() if callable(x) else x
        if not isinstance(batches, Iterable):
            raise DataError(f"x must make an iterator of batches, and made a {type(batches).__name__}")
        for batch in batches:
            if isinstance(batch, Batch):
                yield batch.x, batch.mask
            elif isinstance(batch, tuple) and batch and (self.inputs.single or isinstance(batch[0], tuple)):
                yield batch[0], None
            else:
                yield batch, None
