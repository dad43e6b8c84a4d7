"""Second opinions on a gradient, by other means than the derivative of each element."""

from nnframe.verification.opinions.hessian import Symmetry, hessian_symmetry
from nnframe.verification.opinions.objective import Objective, objective_of
from nnframe.verification.opinions.pushforward import DotProducts, dot_product_test
from nnframe.verification.opinions.taylor import Remainders, taylor_remainders

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
