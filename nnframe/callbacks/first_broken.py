"""Which layer, and which parameter, a number that is not finite came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

import attrs
import numpy as np
from attrs import define, frozen

from nnframe.composition.tree import dotted
from nnframe.interfaces import Batch, Context, LayerRun, Moment
from nnframe.interfaces.part import brief

if TYPE_CHECKING:
    from nnframe.composition import Network

__all__ = ["NonFinite", "find_non_finite"]

What = Literal["parameter", "input", "output", "loss", "gradient", "input gradient", "penalty"]


@frozen
class NonFinite:
    """The first number of a step that was not finite.

    Attributes:
        epoch, step: When, both counted from 1.
        what: What holds it.
        path: Of the layer, or of the parameter; empty for the batch and the loss.
        part: The layer, or the loss.
        value: ``"nan"``, ``"inf"`` or ``"-inf"``.
    """

    epoch: int
    step: int
    what: What
    path: str
    part: str
    value: str

    @classmethod
    def of_parameter(cls, moment: Moment, path: str, value: object) -> NonFinite:
        """Name a parameter."""
        return cls(moment.epoch, moment.step, "parameter", path, "", _broken(value) or "finite")

    def __str__(self) -> str:
        reason = {
            "parameter": f"the parameter {self.path} is {self.value} after the last update",
            "input": f"the batch holds {self.value}",
            "output": f"the output of {self.path}, {self.part}, is {self.value}, and its input was finite",
            "loss": f"the loss, {self.part}, is {self.value}, and the prediction was finite",
            "gradient": f"the gradient of {self.path}, from {self.part}, is {self.value}, and what came to it "
            "was finite",
            "input gradient": f"the input gradient of {self.path}, {self.part}, is {self.value}, and what came to it "
            "was finite",
            "penalty": f"the penalty {self.part} of {self.path} is {self.value}",
        }
        return f"step {self.step} of epoch {self.epoch}: {reason[self.what]}"


def find_non_finite(moment: Moment, generator: Mapping[str, Any] | None) -> NonFinite:
    """Run the present step once more, without moving anything, and return what was not finite first."""
    batch, model = moment.batch, cast("Network", moment.model)
    assert batch is not None
    when = moment.epoch + 1, moment.step + 1
    for path, parameter in model.parameters.items():
        if value := _broken(parameter.value):
            return NonFinite(*when, "parameter", path, "", value)
    if value := _broken(batch.x) or _broken(batch.y) or _broken(batch.sample_weight):
        return NonFinite(*when, "input", "", "", value)
    rng = np.random.default_rng()
    if generator is not None:
        rng = np.random.Generator(getattr(np.random, str(generator["bit_generator"]))())
        rng.bit_generator.state = dict(generator)
    what, path, part, value = _replay(model, batch, rng)
    return NonFinite(*when, what, path, part, value)


def _replay(model: Network, batch: Batch, rng: np.random.Generator) -> tuple[What, str, str, str]:
    """Run forwards and backwards with a witness; returns what, path, part and value."""
    witness = _Witness()
    context = Context(True, rng=rng, mask=batch.mask, input_gradient=False, observer=witness)
    loss, gradients, prediction = model.compute(batch.x, batch.y, context, batch.sample_weight)
    if witness.forward is not None:
        return ("output", *witness.forward)
    broken = {each.path: _broken(gradient) for each, gradient in zip(model.trained, gradients, strict=True)}
    assert model.loss is not None
    if value := _broken(model.loss.forward(prediction, batch.y)[0]) or witness.upstream:
        return "loss", "", brief(model.loss), value
    if witness.backward is not None:
        what, path, part, value = witness.backward
        own = next((name for name in broken if broken[name] and name.startswith(f"{path}.")), path)
        return what, own if what == "gradient" else path, part, value
    for each in model.trained:
        for regularizer in each.regularizers:
            if value := _broken(regularizer.penalty(each.value)):
                return "penalty", each.path, brief(regularizer), value
    return "loss", "", brief(model.loss), _broken(loss) or "nan"  # the sum overflowed, and nothing in it


@define(eq=False)
class _Witness:
    """Sees the first output, and the first gradient, that is not finite although what it was made from is.

    Attributes:
        forward: (path, part, value) of the layer.
        backward: (what, path, part, value).
        upstream: What the loss handed down that is not finite; empty if nothing.
        pulled: Whether a pullback has been called.
    """

    forward: tuple[str, str, str] | None = None
    backward: tuple[What, str, str, str] | None = None
    upstream: str = ""
    pulled: bool = False

    def after_forward(self, run: LayerRun) -> None:
        if self.forward is None and (value := _broken(run.output)):
            self.forward = (dotted(run.path), brief(run.layer), value)

    def after_pullback(self, run: LayerRun, upstream: object, input_gradient: object, gradient: object) -> None:
        if not self.pulled:
            self.pulled, self.upstream = True, _broken(upstream)
        if self.backward is None and (value := _broken(gradient) or _broken(input_gradient)):
            what: What = "gradient" if _broken(gradient) else "input gradient"
            self.backward = (what, dotted(run.path), brief(run.layer), value)


def _broken(value: object) -> str:
    """Return the first number that is not finite, as text; empty where all are.

    >>> _broken((np.ones(2), np.array([1.0, -np.inf])))
    '-inf'
    """
    if isinstance(value, tuple):
        return next(filter(None, map(_broken, value)), "")
    if attrs.has(type(value)):
        return _broken(attrs.astuple(cast("attrs.AttrsInstance", value), recurse=False))
    if isinstance(value, float | np.floating) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        flat = np.ravel(value)
        bad = flat[~np.isfinite(flat)]
        return str(float(bad[0])) if bad.size else ""
    return ""
