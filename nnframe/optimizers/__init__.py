"""The optimizers that come with nnframe: how a step moves a parameter."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.optimizers.adadelta import Adadelta as Adadelta
    from nnframe.optimizers.adagrad import Adagrad as Adagrad
    from nnframe.optimizers.adam import Adam as Adam
    from nnframe.optimizers.adamax import Adamax as Adamax
    from nnframe.optimizers.adamw import AdamW as AdamW
    from nnframe.optimizers.lion import Lion as Lion
    from nnframe.optimizers.nadam import NAdam as NAdam
    from nnframe.optimizers.radam import RAdam as RAdam
    from nnframe.optimizers.rmsprop import RMSprop as RMSprop
    from nnframe.optimizers.sgd import SGD as SGD

_HOMES = {
    "Adadelta": "adadelta",
    "Adagrad": "adagrad",
    "Adam": "adam",
    "AdamW": "adamw",
    "Adamax": "adamax",
    "Lion": "lion",
    "NAdam": "nadam",
    "RAdam": "radam",
    "RMSprop": "rmsprop",
    "SGD": "sgd",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
