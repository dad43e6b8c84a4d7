"""What ``nnframe verify`` can be pointed at: a saved model, an experiment file, or an object in a module."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import numpy as np
from attrs import field, frozen

from nnframe.composition.inputs import Inputs
from nnframe.datasets import load_npz
from nnframe.errors import ConfigurationError, DataError, NNFrameError, SpecError
from nnframe.experiment.data import load_division
from nnframe.experiment.importing import import_object
from nnframe.experiment.plan import read_plan
from nnframe.interfaces import Activation, AnyLayer, Loss, Part
from nnframe.layers.convert import as_layer
from nnframe.model import Model
from nnframe.verification import GradientVerifier, VerificationReport, verify_layer

__all__ = ["Request", "model_and_data", "verify_target"]

DEEPEST_CALLS = 8
"""How often a function may return another function before a model is expected."""


@frozen
class Request:
    """What to verify, and how.

    Attributes:
        target: A path to a saved model or to an experiment file, or ``"module:object"``.
        data: A ``.npz`` file with x and y; "" for the experiment's own data, or examples made up.
        examples: How many examples.
        input_shape: The input of a layer that stands alone, batch included.
        verifier: Strategy, seed and budget.
    """

    target: str
    data: str = ""
    examples: int = 8
    input_shape: tuple[int, ...] = ()
    verifier: GradientVerifier = field(factory=GradientVerifier)


def verify_target(request: Request) -> VerificationReport:
    """Verify what a request names.

    Raises:
        SpecError: The target cannot be found, or is nothing that can be verified.
        NNFrameError: It cannot be read, or run.
    """
    path = Path(request.target)
    if path.suffix == ".toml":
        plan = read_plan(path)
        division = load_division(plan.data, path.parent)
        return _verify_model(Model.from_spec(plan.model), request, (division.x, division.y))
    if path.exists():
        return _verify_model(Model.load(path), request, None)
    if ":" not in request.target:
        raise SpecError(f"{request.target:.200} is no file, and not of the form module:object")
    return _verify_object(import_object(request.target), request)


def model_and_data(request: Request) -> tuple[Model, object, object]:
    """The model that a request names, with examples: its own, those of a file, or such as are made up.

    Raises:
        SpecError: The target cannot be found, or is no model.
        NNFrameError: It cannot be read, or run.
    """
    path = Path(request.target)
    data: tuple[object, object] | None = None
    value: object
    if path.suffix == ".toml":
        plan = read_plan(path)
        division = load_division(plan.data, path.parent)
        value, data = Model.from_spec(plan.model), (division.x, division.y)
    elif path.exists():
        value = Model.load(path)
    elif ":" in request.target:
        value = import_object(request.target)
        value = (
            _call(value, request.target) if callable(value) and not isinstance(value, type | Model | Part) else value
        )
    else:
        raise SpecError(f"{request.target:.200} is no file, and not of the form module:object")
    if not isinstance(value, Model):
        raise SpecError(f"{request.target} is {type(value).__name__}: expected a Model, or a function that returns one")
    x, y = load_npz(request.data) if request.data else data or _made_up(value, request)
    return value, x, y


def _call(function: Callable[[], object], target: str) -> object:
    """Call a user's function; one that wants arguments is refused before."""
    try:
        inspect.signature(function).bind()
    except TypeError as cause:
        raise SpecError(f"{target} is no function that can be called without arguments: {cause}") from cause
    except ValueError:
        pass  # a builtin whose signature is not known
    made = function()
    if inspect.iscoroutine(made):
        made.close()
        raise SpecError(
            f"{target} is asynchronous: expected a function that returns a model, not one to await (async def)"
        )
    return made


def _verify_object(value: object, request: Request, depth: int = 0) -> VerificationReport:
    if isinstance(value, VerificationReport):
        return value
    if isinstance(value, Model):
        return _verify_model(value, request, None)
    if isinstance(value, AnyLayer | Activation):
        shape = request.input_shape or (request.examples, 6)
        return verify_layer(as_layer(value), np.random.default_rng(request.verifier.seed).normal(size=shape))
    if callable(value) and not isinstance(value, type | Part) and depth < DEEPEST_CALLS:
        return _verify_object(_call(value, request.target), request, depth + 1)
    what = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
    raise SpecError(
        f"{request.target} is {what}: expected a Model, a layer, an activation, a report, or a "
        "function without arguments that returns one of these"
    )


def _verify_model(model: Model, request: Request, data: tuple[object, object] | None) -> VerificationReport:
    if request.input_shape:
        raise ConfigurationError(
            f"--input-shape is for a layer by itself, and {request.target} is a model, whose input_shape is "
            f"{_told(model.inputs)}: leave it out, or choose how many examples with --examples"
        )
    if request.data:
        data = load_npz(request.data)
    if data is None:
        data = _made_up(model, request)
    x, y = data
    rows = slice(request.examples)
    part = tuple(np.asarray(each)[rows] for each in x) if isinstance(x, tuple) else np.asarray(x)[rows]
    return request.verifier.verify(model, part, None if y is None else np.asarray(y)[rows])


def _told(inputs: Inputs) -> object:
    return inputs.shapes[0] if inputs.single else inputs.shapes


def _made_up(model: Model, request: Request) -> tuple[object, object]:
    """Random inputs, and the first kind of target that the loss takes: numbers, probabilities, labels."""
    rng = np.random.default_rng(request.verifier.seed)
    made = []
    for lengths, dtype in zip(model.inputs.shapes, model.inputs.dtypes, strict=True):
        full = (request.examples, *(4 if length is None else length for length in lengths))
        made.append(rng.normal(size=full) if dtype.kind == "f" else rng.integers(0, 2, full))
    x = made[0] if model.inputs.single else tuple(made)
    if model.loss is None:
        return x, None
    shape = model.predict(x).shape
    for target in (rng.integers(0, shape[-1], shape[:-1]), rng.normal(size=shape), rng.integers(0, 2, shape)):
        if _accepts(model.loss, shape, target):
            return x, target
    raise DataError("no target could be made up for this loss: give examples with --data FILE.npz")


def _accepts(loss: Loss[object], shape: tuple[int, ...], target: object) -> bool:
    try:
        loss.check(shape, target)
        loss.forward(np.full(shape, 0.5), target)
    except (NNFrameError, ValueError, IndexError, TypeError):
        return False
    return True
