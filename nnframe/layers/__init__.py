"""The layers that come with nnframe, and the combinators that put layers together."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.layers.activation import Activation as Activation
    from nnframe.layers.concatenate import Concatenate as Concatenate
    from nnframe.layers.dense import Dense as Dense
    from nnframe.layers.dropout import Dropout as Dropout
    from nnframe.layers.flatten import Flatten as Flatten
    from nnframe.layers.parallel import Parallel as Parallel
    from nnframe.layers.residual import Residual as Residual
    from nnframe.layers.sequential import Sequential as Sequential
    from nnframe.layers.shared import Shared as Shared

_HOMES = {
    "Activation": "activation",
    "Concatenate": "concatenate",
    "Dense": "dense",
    "Dropout": "dropout",
    "Flatten": "flatten",
    "Parallel": "parallel",
    "Residual": "residual",
    "Sequential": "sequential",
    "Shared": "shared",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
