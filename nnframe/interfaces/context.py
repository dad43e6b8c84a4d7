"""Context: what a layer may know of the run that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, evolve, field
from numpy.random import Generator

from nnframe.arrays import Array, Booleans
from nnframe.errors import ConfigurationError

if TYPE_CHECKING:
    from nnframe.interfaces.observer import Observer

__all__ = ["Context"]


@define(eq=False)
class Context:
    """Training or inference, the source of randomness, the padding mask, and who listens.

    Attributes:
        training: True in a training step; False when predicting. Dropout and batch statistics ask this.
        mask: (batch, time), False where a step is padding; None where nothing is padded.
        input_gradient: False where nobody will read the gradient with respect to the input (the first layer of
            a network in training): a layer may then return its upstream, or anything, in its place.
        observer: Sees every layer's run; None costs nothing.
        path: Where in the structure the layer stands; kept only while somebody observes.

    >>> import numpy as np
    >>> Context(training=True, rng=np.random.default_rng(0)).rng.random() < 1
    True
    """

    training: bool = False
    _rng: Generator | None = None
    mask: Booleans | None = None
    input_gradient: bool = True
    observer: Observer | None = None
    path: tuple[str | int, ...] = ()
    recorded: list[tuple[object, object]] = field(factory=list, repr=False)
    _hidden: Context | None = field(default=None, init=False, repr=False)

    @property
    def rng(self) -> Generator:
        """The generator that random layers draw from.

        Raises:
            ConfigurationError: The context was made without one.
        """
        if self._rng is None:
            raise ConfigurationError(
                "this run has no random generator: a layer may draw random numbers only when context.training is "
                "true, and Context(training=True, rng=numpy.random.default_rng(seed)) gives it one"
            )
        return self._rng

    @property
    def has_rng(self) -> bool:
        """Whether there is a generator to draw from."""
        return self._rng is not None

    def record(self, parameters: object, new: object) -> None:
        """Leave new running statistics: ``new`` is ``parameters`` with other values in its ``statistic()`` fields.

        The model stores them after the step; a verifier throws them away.
        """
        self.recorded.append((parameters, new))

    @property
    def hidden(self) -> Context:
        """The same context for layers behind the first, whose gradient with respect to the input is needed."""
        if self.input_gradient:
            return self
        known = self._hidden
        if (
            known is None
            or known.observer is not self.observer
            or known.mask is not self.mask
            or known.training is not self.training
        ):
            known = Context(self.training, self._rng, self.mask, True, self.observer, self.path, self.recorded)
            self._hidden = known
        return known

    def at(self, step: str | int) -> Context:
        """The context of the child called ``step``; the same one as long as nobody observes."""
        if self.observer is None:
            return self
        return evolve(self, path=(*self.path, step))


def skipped(upstream: Array) -> Array:
    """Stand in for an input gradient that nobody reads (``context.input_gradient`` is False)."""
    return upstream
