"""Second opinions on a gradient, by other means than the derivative of each element."""

from nnframe.verification.crosschecks.dot_product import DotProducts, dot_product_test
from nnframe.verification.crosschecks.hessian_symmetry import Symmetry, hessian_symmetry
from nnframe.verification.crosschecks.objective import Objective, objective_of
from nnframe.verification.crosschecks.taylor import Remainders, taylor_remainders

__all__ = [
    "DotProducts",
    "Objective",
    "Remainders",
    "Symmetry",
    "dot_product_test",
    "hessian_symmetry",
    "objective_of",
    "taylor_remainders",
]
