"""Network: a structure of layers with its parameters and its loss, run forwards and backwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from attrs import evolve
from numpy.random import Generator
from numpy.typing import DTypeLike

from nnframe.arrays import Array, Booleans, Integers
from nnframe.checks import plain, require_bool, require_positive_int
from nnframe.composition.contract import ContractObserver
from nnframe.composition.examples import Examples, count, take
from nnframe.composition.inputs import Inputs, InputShape, read_dtype
from nnframe.composition.parameter import Parameter
from nnframe.composition.reduction import mean_loss, refuse_nothing, sum_weights, weights_of
from nnframe.composition.rules import matching
from nnframe.composition.structure import Structure
from nnframe.composition.targets import prepare_target
from nnframe.composition.visitor import R, Visitor, walk
from nnframe.composition.weighting import find_remaining, prepare_mask, prepare_weights
from nnframe.errors import ConfigurationError, DataError
from nnframe.interfaces import AnyLayer, Constraint, Context, Loss, Regularizer
from nnframe.text import quote

__all__ = ["Network"]


class Network:
    """What a ``Model`` is before training, files and reports: layers, parameters, loss, and their arithmetic.

    Attributes:
        layer: The structure.
        loss: The loss; None where the network only predicts.
        tree: The parameters as the structure takes them.
        parameters: Every array by path, running statistics among them.
        inputs: What it takes.
        dtype: The dtype of parameters and arithmetic.
        seed: What the initial values were drawn with.
        rng: What training draws from: shuffling, dropout.
    """

    def __init__(
        self,
        layer: AnyLayer,
        loss: Loss[object] | None,
        *,
        input_shape: InputShape,
        input_dtype: DTypeLike | Sequence[DTypeLike] | None = None,
        seed: int = 0,
        dtype: DTypeLike = "float64",
        regularizers: Mapping[str, Regularizer] | None = None,
        constraints: Mapping[str, Constraint] | None = None,
        trainable: Mapping[str, bool] | None = None,
    ) -> None:
        self.layer = layer
        self.loss = loss
        self.dtype = _float_dtype(dtype)
        self.inputs = Inputs.of(input_shape, input_dtype, self.dtype)
        self.seed = _whole_seed(seed)
        self.rng: Generator = np.random.default_rng([self.seed, 1])
        self.structure = Structure.build(layer, self.inputs, np.random.default_rng(self.seed), self.dtype)
        self.tree = self.structure.tree
        self.regularizers = dict(regularizers or {})
        self.constraints = dict(constraints or {})
        self.frozen = _read_trainable(trainable or {})
        self._gradients: list[Array] = []
        self._checked: set[object] = set()
        self._context: Context | None = None
        self.parameters: dict[str, Parameter] = self._make_parameters()
        self.trained = [parameter for parameter in self.parameters.values() if not parameter.statistic]
        self._penalised = [(index, each) for index, each in enumerate(self.trained) if each.regularizers]

    def _make_parameters(self) -> dict[str, Parameter]:
        arrays = self.structure.arrays
        paths = list(arrays)
        moved = [path for path, leaf in arrays.items() if not leaf.statistic]
        regularizers = matching(self.regularizers, moved, "regularizers")
        constraints = matching(self.constraints, moved, "constraints")
        trainable = matching(self.frozen, paths, "trainable")
        self._held = {
            id(leaf.array) for path, leaf in arrays.items() if leaf.statistic and False in trainable[path][-1:]
        }
        made: dict[str, Parameter] = {}
        trained = 0
        for path, leaf in arrays.items():
            made[path] = Parameter(
                path,
                leaf.array,
                trainable=not leaf.statistic and (trainable[path] or [True])[-1],
                statistic=leaf.statistic,
                regularizers=tuple(regularizers.get(path, ())),
                constraints=tuple(constraints.get(path, ())),
                read_gradient=_reader(self, trained),
            )
            trained += not leaf.statistic
        return made

    def predict(self, x: object, *, batch_size: int = 256, mask: object = None) -> Array:
        """Return the outputs at ``x``, in inference, computed ``batch_size`` examples at a time.

        Raises:
            ShapeError, DtypeError, DataError: ``x`` is not what the model takes.

        >>> from nnframe import Model
        >>> Model(["tanh"], input_shape=(2,)).predict([[0.0, 0.0]])
        array([[0., 0.]])
        """
        size = require_positive_int(batch_size, "batch_size")
        data = self.inputs.prepare(x)
        padding = None if mask is None else prepare_mask(mask, data, self)
        outputs = []
        for start in range(0, max(count(data), 1), size):
            rows = slice(start, start + size)
            context = Context(mask=None if padding is None else padding[rows])
            outputs.append(cast("Array", self.layer.run(self.tree, take(data, rows), context)[0]))
        prediction: Array = outputs[0] if len(outputs) == 1 else np.concatenate(outputs)
        arrays = data if isinstance(data, tuple) else (data,)
        return prediction.copy() if any(np.shares_memory(prediction, each) for each in arrays) else prediction

    def loss_and_gradients(
        self,
        x: object,
        y: object,
        *,
        training: bool = False,
        sample_weight: object = None,
        mask: object = None,
    ) -> tuple[float, dict[str, Array]]:
        """Return the loss on a batch, regularization included, and the gradient of every parameter by path.

        Args:
            x, y: The batch.
            training: Run as a training step does: with dropout and batch statistics. The statistics are not stored.
            sample_weight: (batch,) or (batch, time), how much each example or step counts.
            mask: (batch, time), False where a step is padding.

        Raises:
            DataError: Nothing in the batch counts.

        >>> from nnframe import Model
        >>> from nnframe.layers import Dense
        >>> model = Model([Dense(1, weight_initializer="zeros")], loss="mse", input_shape=(2,))
        >>> loss, gradients = model.loss_and_gradients([[1.0, 2.0]], [[1.0]])
        >>> loss, gradients["0.bias"]
        (1.0, array([-2.]))
        """
        data, target = self.prepare(x, y, mask)
        padding = prepare_mask(mask, data, self)
        weight = prepare_weights(sample_weight, count(data), self.dtype)
        rng = np.random.default_rng([self.seed, 2])
        context = Context(require_bool(training, "training"), rng=rng, mask=padding, input_gradient=False)
        loss, gradients, _, counted = self.compute_weighted(data, target, context, weight)
        refuse_nothing(counted)
        return loss, {each.path: gradient for each, gradient in zip(self.trained, gradients, strict=True)}

    def prepare(self, x: object, y: object, mask: object = None) -> tuple[Examples, Array | Integers]:
        """Check data for training, and return it as ``compute`` takes it."""
        if self.loss is None:
            raise ConfigurationError("this model has no loss: give Model(..., loss=...) one, for example 'mse'")
        data = self.inputs.prepare(x)
        if count(data) == 0:
            raise DataError("there is no data to learn from: x has no examples")
        padding = prepare_mask(mask, data, self)
        first = Context(mask=None if padding is None else padding[:1])
        output = self.layer.run(self.tree, take(data, slice(1)), first)[0]
        shape = (count(data), *cast("Array", output).shape[1:])
        target = prepare_target(y, shape, self.dtype)
        self.loss.check(shape, target)
        return data, target

    def step_context(self, mask: Booleans | None = None) -> Context:
        """Return the context of a training step: the last step's again, where nothing was asked or left in it.

        A context and the one for the layers behind the first cost as much as a small layer's arithmetic.

        Args:
            mask: (batch, time), False where a step is padding.

        >>> from nnframe import Model
        >>> model = Model(["tanh"], input_shape=(2,))
        >>> model.step_context().training, model.step_context() is model.step_context()
        (True, True)
        """
        known = self._context
        if (
            known is not None
            and mask is None
            and known.observer is None
            and not known.recorded
            and known.rng is self.rng
        ):
            return known
        context = Context(True, self.rng, mask, False)
        if mask is None:
            self._context = context
        return context

    def compute(
        self, x: object, y: object, context: Context, sample_weight: Array | None = None
    ) -> tuple[float, list[Array], Array]:
        """Run forwards and backwards on prepared data; returns loss, gradients (as ``trained``) and prediction.

        The pullbacks are held to their contract on the first batch of each shape and dtype.
        """
        return self.compute_weighted(x, y, context, sample_weight)[:3]

    def compute_weighted(
        self, x: object, y: object, context: Context, sample_weight: Array | None = None
    ) -> tuple[float, list[Array], Array, float]:
        """Do what ``compute`` does; returns Σ w too, by which the batch counts: 0 where nothing in it does.

        Where an example that does not count overflows, loss and gradients are computed again without such examples;
        only then they have no part in batch statistics either.
        """
        key = _signature(x) if type(x) is tuple else (x.shape, x.dtype)  # type: ignore[attr-defined]
        if key not in self._checked:
            context.observer = context.observer or ContractObserver()
        output, pullback = self.layer.run(self.tree, x, context)
        prediction: Array = output  # type: ignore[assignment]  # a cast is a call
        assert self.loss is not None
        losses, loss_pullback = self.loss.forward(prediction, y)
        plain = sample_weight is None and context.mask is None
        weight = None if plain else weights_of(losses, sample_weight, context.mask)
        loss, upstream = mean_loss(losses, weight)
        _, gradient = pullback(loss_pullback(upstream))
        if context.observer is not None:
            self._checked.add(key)
        gradients = self.structure.take(gradient)
        for index, parameter in self._penalised:
            for regularizer in parameter.regularizers:
                penalty, its_gradient = regularizer.penalty(parameter.value)
                loss += penalty
                gradients[index] = gradients[index] + its_gradient
        rows = None if weight is None else find_remaining(weight, gradients)
        if rows is not None:
            own = evolve(context, mask=None if context.mask is None else context.mask[rows], recorded=[])
            counted = None if sample_weight is None else sample_weight[rows]
            data, target = (take(cast("Examples", each), rows) for each in (x, y))
            loss, gradients, _ = self.compute(data, target, own, counted)
            context.recorded[:] = own.recorded
        self._gradients = gradients
        return loss, gradients, prediction, losses.size if plain else sum_weights(losses, weight)

    def keep(self, gradients: list[Array]) -> None:
        """Keep gradients that were put together from several runs, for whoever reads ``parameter.gradient``."""
        self._gradients = gradients

    def store(self, recorded: list[tuple[object, object]]) -> None:
        """Keep the running statistics that layers recorded during a step, but for frozen ones."""
        for old, new in recorded:
            self.structure.store(old, new, self._held)

    def accept(self, visitor: Visitor[R]) -> R:
        """Walk the model, each layer, each parameter, then the loss; returns what the visitor made of it.

        >>> from nnframe import Model
        >>> from nnframe.composition import ParameterCount
        >>> from nnframe.layers import Dense
        >>> Model([Dense(2)], input_shape=(3,)).accept(ParameterCount())
        8
        """
        return walk(self, visitor)


def _reader(network: Network, index: int) -> Any:
    def read() -> Array:
        gradients = network._gradients  # noqa: SLF001
        return gradients[index] if index < len(gradients) else np.empty(0)

    return read


def _read_trainable(rules: Mapping[str, bool]) -> dict[str, bool]:
    if not isinstance(rules, Mapping):
        raise ConfigurationError(f"trainable must be a mapping of path patterns, and is {quote(rules)}")
    return {pattern: require_bool(each, f"trainable[{quote(pattern)}]") for pattern, each in rules.items()}


def _signature(x: tuple[Array, ...]) -> object:
    return tuple((each.shape, each.dtype) for each in x)


def _whole_seed(seed: object) -> int:
    number = plain(seed)
    if type(number) is not int or number < 0:
        raise ConfigurationError(f"seed must be a whole number from 0, and is {seed!r:.40}")
    return number


def _float_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    expected = "dtype must be 'float32' or 'float64'"
    kind = read_dtype(dtype, expected)
    if kind not in (np.dtype("float32"), np.dtype("float64")):
        raise ConfigurationError(f"{expected}, and is {quote(dtype)}")
    return kind
