"""What the Kullback-Leibler divergence refuses."""

from __future__ import annotations

import numpy as np
import pytest

from nnframe.errors import DataError
from nnframe.losses import KLDivergence


def test_logits_taken_for_probabilities_are_refused() -> None:
    with pytest.raises(DataError, match=r"one is negative: end the model with softmax, or set from_logits=True"):
        KLDivergence().forward(np.array([[-1.0, 2.0]]), np.array([[0.5, 0.5]]))
