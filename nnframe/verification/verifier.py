"""GradientVerifier: verifies every gradient of a model, layer by layer, then through the whole."""

from __future__ import annotations

from attrs import field, frozen

from nnframe.composition import Network
from nnframe.interruption import guard_from_signals
from nnframe.verification.budget import BudgetLike
from nnframe.verification.fault_injection import PowerReport
from nnframe.verification.report.detail import Details
from nnframe.verification.report.report import VerificationReport
from nnframe.verification.visitor import GradientVisitor, Strategy, refuse_unknown_strategy

__all__ = ["GradientVerifier", "Strategy"]


@frozen
class GradientVerifier:
    """Verifies every gradient of a model: is it right, where is it wrong, what is the mistake.

    One forward and one backward show what every layer gets and gives; each layer's pullback is then compared with
    derivatives of that layer alone, for its parameters and its input. Right layers and right wiring make a right whole.

    Args:
        strategy: ``"auto"`` chooses by cost; ``"every-element"`` gives each element a derivative of its own;
            ``"search"`` tests random directions and bisects; ``"sample"`` looks at some elements of large arrays;
            ``"end-to-end"`` is the classic: every parameter through the whole model.
        seed: For upstream gradients, directions and random layers.
        budget: At most so many forwards of layers (int), seconds (float), or both (``Budget``).
        details: Keep what pictures of each gradient show (some fifty more forwards for each); True for the worst
            element of each, or the element to show by path, ``{"weight": (2, 3)}``.

    >>> import numpy as np
    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> model = Model([Dense(3), "tanh", Dense(1)], loss="mse", input_shape=(2,))
    >>> GradientVerifier().verify(model, np.array([[0.0, 1.0], [1.0, -1.0]]), np.array([[1.0], [0.0]])).passed
    True
    """

    strategy: Strategy = field(default="auto")
    seed: int = 0
    budget: BudgetLike = None
    details: Details = False

    @strategy.validator
    def _check_strategy(self, attribute: object, value: str) -> None:
        refuse_unknown_strategy(value)

    @guard_from_signals
    def verify(self, model: Network, x: object, y: object) -> VerificationReport:
        """Verify a model on some examples; a handful is enough.

        The model runs as in a training step, with the same random numbers every time. It is left as it was.
        """
        return model.accept(self.visit(x, y))

    def visit(self, x: object, y: object) -> GradientVisitor:
        """The visitor that verifies a model on some examples, once: ``model.accept(verifier.visit(x, y))``.

            >>> import numpy as np
        >>> from nnframe import Model
            >>> from nnframe.layers import Dense
            >>> model = Model([Dense(1)], loss="mse", input_shape=(2,))
            >>> model.accept(GradientVerifier().visit(np.array([[0.0, 1.0]]), np.array([[1.0]]))).passed
            True
        """
        return GradientVisitor(x, y, strategy=self.strategy, seed=self.seed, budget=self.budget, details=self.details)

    @guard_from_signals
    def power(self, model: Network, x: object, y: object) -> PowerReport:
        """Put faults into the model's own pullbacks, one at a time, and report which of them would have been seen.

            >>> import numpy as np
        >>> from nnframe import Model
            >>> from nnframe.layers import Dense
            >>> model = Model([Dense(1)], loss="mse", input_shape=(2,))
            >>> x, y = np.random.default_rng(0).normal(size=(3, 2)), np.ones((3, 1))
            >>> {each.fault for each in GradientVerifier().power(model, x, y).missed}
            {'rolled'}

            (The bias has one element: rolling changes nothing.)
        """
        visitor = self.visit(x, y)
        visitor.visit_model(model)
        return PowerReport(visitor.inject_faults())
