"""The optimizers that come with nnframe: how a step moves a parameter."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.optimizers.adam import Adam as Adam
    from nnframe.optimizers.sgd import SGD as SGD

_HOMES = {
    "Adam": "adam",
    "SGD": "sgd",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
