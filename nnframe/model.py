"""Model: the facade over everything: layers, loss, training, verification, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from numpy.typing import DTypeLike

from nnframe import registry
from nnframe.arrays import Array
from nnframe.checks import require_positive_int
from nnframe.composition import Summary, SummaryVisitor, from_vector, to_vector
from nnframe.composition.examples import take
from nnframe.composition.inputs import InputShape
from nnframe.composition.rules import resolve_rules
from nnframe.errors import ConfigurationError
from nnframe.interfaces import Callback, Loss, Metric, Optimizer, Schedule
from nnframe.interruption import guard_from_signals
from nnframe.layers.convert import LayersSpec
from nnframe.layers.sequential import as_root
from nnframe.text import quote
from nnframe.training.learner import Learner

if TYPE_CHECKING:
    from nnframe.training.clipping import Clipping
    from nnframe.training.history import History
    from nnframe.verification import VerificationReport
    from nnframe.verification.report.detail import Details

__all__ = ["Model"]

PartSpec: TypeAlias = str | Mapping[str, object]
Rules: TypeAlias = Mapping[str, Any]


class Model(Learner):
    """A network put together from parts.

    Args:
        layers: The layers in their order: parts, registry names, or ``{"name": ..., options}``; or one combinator.
        loss: What training makes small: a part, a name, or ``{"name": ..., options}``. None for a model that only
            predicts.
        input_shape: The shape of one example, ``(64,)``, None for any length; a tuple of shapes for several inputs.
        input_dtype: For integer inputs, such as ``"int64"``; one for each input where they differ.
        seed: Initial values, shuffling and dropout are drawn from it.
        dtype: ``"float64"`` or ``"float32"``, of parameters and arithmetic.
        regularizers, constraints: Parts by pattern of paths, such as ``{"*.weight": {"name": "l2", ...}}``.
        trainable: By pattern of paths, ``{"0.*": False}`` freezes the first layer, its running statistics among it.

    Raises:
        ShapeError: Two layers do not fit; the message names the place.
        ContractError: A layer breaks its contract.

    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(3), "tanh", Dense(1)], loss="mse", input_shape=(2,), seed=0)
    >>> list(model.parameters)
    ['0.weight', '0.bias', '2.weight', '2.bias']
    >>> model.predict([[0.0, 0.0]])
    array([[0.]])
    """

    @guard_from_signals
    def __init__(
        self,
        layers: LayersSpec,
        *,
        loss: Loss[Any] | PartSpec | None = None,
        input_shape: InputShape,
        input_dtype: DTypeLike | Sequence[DTypeLike] | None = None,
        seed: int = 0,
        dtype: DTypeLike = "float64",
        regularizers: Rules | None = None,
        constraints: Rules | None = None,
        trainable: Mapping[str, bool] | None = None,
    ) -> None:
        chosen = registry.losses.resolve(loss) if loss is not None and not isinstance(loss, Loss) else loss
        super().__init__(
            as_root(layers),
            cast("Loss[object] | None", chosen),
            input_shape=input_shape,
            input_dtype=input_dtype,
            seed=seed,
            dtype=dtype,
            regularizers=resolve_rules(regularizers, registry.regularizers),
            constraints=resolve_rules(constraints, registry.constraints),
            trainable=trainable,
        )
        self.history: History | None = None

    @guard_from_signals
    def fit(
        self,
        x: object,
        y: object = None,
        *,
        optimizer: Optimizer[Any] | PartSpec = "adam",
        schedule: Schedule | PartSpec | None = None,
        epochs: int = 1,
        batch_size: int = 32,
        micro_batch_size: int | None = None,
        clipping: Clipping | Mapping[str, float] | None = None,
        shuffle: bool = True,
        validation_data: object = None,
        validation_split: float = 0.0,
        metrics: Sequence[Metric[Any] | PartSpec] = (),
        callbacks: Sequence[Callback[Any] | PartSpec] = (),
        sample_weight: object = None,
        class_weight: Mapping[int, float] | str | None = None,
        mask: object = None,
        progress: bool = True,
        verify: bool = False,
        resume: str | PathLike[str] | None = None,
    ) -> History:
        """Train; returns the history. A second call with the same optimizer goes on where the first ended.

        Args:
            x, y: Arrays, also memory-mapped. Or x alone: a Dataset, an iterable of batches ``(x, y)``,
                ``(x, y, sample_weight)`` or ``Batch``, or a function that makes a new iterator for every epoch.
            optimizer: A part, a name, or ``{"name": ..., options}``.
            schedule: The same, in place of the optimizer's learning rate, with which it begins if it says nothing else.
            epochs: How often to go through all examples.
            batch_size: How many examples of arrays make one step.
            micro_batch_size: How many of them are computed at a time, their gradients added up, to need less memory.
            clipping: Limits of the gradients, such as ``{"global_norm": 1.0}``; also ``value`` and ``norm``.
            shuffle: Whether to draw a new order every epoch.
            validation_data: (x, y), (x, y, sample_weight), or whatever x alone may be, to measure after every epoch.
            validation_split: Instead, the part of the examples kept for that: drawn, or without ``shuffle`` the end.
            metrics: What to measure beside the loss.
            callbacks: What to do beside training.
            sample_weight: (examples,) or (examples, time), how much each example or step counts.
            class_weight: How much each class counts, ``{class: weight}``, others 1; or ``"balanced"``, all alike. It
                reaches the loss and the metrics, of training and of validation.
            mask: (examples, time), False where a step is padding.
            progress: Show a bar in a terminal, lines elsewhere.
            verify: Verify all gradients on the first examples before the first step.
            resume: A checkpoint to go on from, exactly as if the run that wrote it had never been interrupted.

        Ctrl-C ends it between two updates: the model is whole, ``model.history`` has the epochs that were done, and
        another ``fit`` goes on.

        Raises:
            ShapeError, DtypeError, DataError: The data do not fit, are not finite, or are none.
            KeyboardInterrupt: Ctrl-C was pressed.
            GradientError: ``verify`` found a wrong gradient.
            ConfigurationError: The checkpoint is of another model, or of a run with other settings.

        >>> from nnframe.layers import Dense
        >>> model = Model([Dense(1)], loss="mse", input_shape=(1,))
        >>> history = model.fit([[0.0], [1.0]], [[1.0], [3.0]], optimizer={"name": "sgd", "learning_rate": 0.5},
        ...                     epochs=200, progress=False)
        >>> model.predict([[2.0]]).round(6)
        array([[5.]])
        """
        from nnframe.training import History, fit as training

        epochs, micro_batch_size, validation_split = training.check_options(
            epochs, micro_batch_size, validation_split, shuffle=shuffle, progress=progress, verify=verify
        )
        data = training.dataset_of(
            self,
            x,
            y,
            batch_size=batch_size,
            times=epochs + bool(verify),
            sample_weight=sample_weight,
            class_weight=class_weight,
            mask=mask,
        )
        weights = training.resolve_class_weight(self, class_weight, y)
        held = training.validation_of(self, validation_data, batch_size, epochs, weights)
        optimization = self.optimize_with(training.resolve_optimizer(optimizer, schedule), clipping)
        measured = training.resolve_all(metrics, registry.metrics)
        called = training.resolve_all(callbacks, registry.callbacks)
        resumption = None
        if resume is not None:
            from nnframe.persistence import read_checkpoint

            resumption = read_checkpoint(resume)
        if verify:
            for first in islice(data.batches(None), 1):
                self.verify(first.x, first.y).raise_if_failed()
        self.history = History()
        return training.fit(
            self,
            data,
            optimization,
            epochs=epochs,
            micro_batch_size=micro_batch_size,
            shuffle=shuffle,
            validation=held,
            validation_split=validation_split,
            metrics=measured,
            callbacks=called,
            progress=progress,
            resume=resumption,
            history=self.history,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        from nnframe.training.copying import taken_apart

        return taken_apart(self, Model)

    @guard_from_signals
    def verify(self, x: object, y: object, *, examples: int = 8, details: Details = False) -> VerificationReport:
        """Verify every gradient on the first few examples: ``GradientVerifier(details=details).verify(model, x, y)``.

        With ``details`` the report can be drawn (``to_html``, ``plot``): True for the worst element of each gradient,
        or ``{"0.weight": (2, 1)}`` for one of one's own choice.
        """
        from nnframe.verification import GradientVerifier

        if not isinstance(details, bool | Mapping):
            raise ConfigurationError(f"details must be True, False, or indices by path, and is {quote(details)}")
        rows = slice(require_positive_int(examples, "examples"))
        data, target = self.prepare(x, y)
        return GradientVerifier(details=details).verify(self, take(data, rows), target[rows])

    def summary(self) -> Summary:
        """Return the table of the model: path, part, output shape, parameters, bytes, trainable.

        >>> from nnframe.layers import Dense
        >>> Model([Dense(2)], input_shape=(3,)).summary().parameters
        8
        """
        return self.accept(SummaryVisitor())

    def to_vector(self) -> Array:
        """Return all parameters but running statistics as one flat vector."""
        return to_vector({each.path: each.value for each in self.trained})

    def load_vector(self, vector: Array) -> None:
        """Set all parameters but running statistics from one flat vector.

        >>> from nnframe.layers import Dense
        >>> model = Model([Dense(1)], input_shape=(2,))
        >>> model.load_vector(model.to_vector() * 0 + 1)
        >>> model.predict([[1.0, 2.0]])
        array([[4.]])
        """
        for path, value in from_vector(vector, {each.path: each.value for each in self.trained}).items():
            self.parameters[path].value = value

    def spec(self) -> dict[str, object]:
        """Return the configuration as names, numbers and lists: what ``from_spec`` takes, without the values.

        >>> Model(["tanh"], loss="mse", input_shape=(2,)).spec()["layers"]
        [{'name': 'activation', 'activation': {'name': 'tanh'}}]
        """
        from nnframe.composition.spec import spec_of_network

        return spec_of_network(self)

    @classmethod
    def from_spec(cls, spec: Mapping[str, object]) -> Model:
        """Make a model from a configuration.

        Of a subclass that takes other arguments only the model is made: its own ``__init__`` is not called.

        Raises:
            SpecError: A key is unknown or missing, or has the wrong type.

        >>> Model.from_spec({"layers": ["tanh"], "input_shape": [2]}).predict([[0.0, 0.0]])
        array([[0., 0.]])
        """
        from nnframe.composition.spec import arguments_of
        from nnframe.training.copying import make_model

        return make_model(cls, Model, arguments_of(spec))

    @guard_from_signals
    def save(self, path: str | PathLike[str]) -> None:
        """Write configuration and parameters into one safetensors file; what was there is kept if that fails.

        Raises:
            SaveError: The file cannot be written.
        """
        from nnframe.persistence import save_model

        save_model(self, path)

    @classmethod
    @guard_from_signals
    def load(cls, path: str | PathLike[str]) -> Model:
        """Read a model from a file. Nothing in the file is executed.

        Raises:
            FileFormatError: The file is not a whole model file.
            UnknownPartError: A part is not installed; the message says which distribution has it.
        """
        from nnframe.persistence import load_model

        return load_model(cls, path)
