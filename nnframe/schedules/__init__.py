"""The schedules that come with nnframe: learning rates that change."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.schedules.constant import Constant as Constant
    from nnframe.schedules.cosine import Cosine as Cosine
    from nnframe.schedules.cosine_restarts import CosineRestarts as CosineRestarts
    from nnframe.schedules.exponential import Exponential as Exponential
    from nnframe.schedules.inverse_time import InverseTime as InverseTime
    from nnframe.schedules.linear import Linear as Linear
    from nnframe.schedules.multi_step import MultiStep as MultiStep
    from nnframe.schedules.noam import Noam as Noam
    from nnframe.schedules.on_plateau import OnPlateau as OnPlateau
    from nnframe.schedules.one_cycle import OneCycle as OneCycle
    from nnframe.schedules.polynomial import Polynomial as Polynomial
    from nnframe.schedules.sequence import Sequence as Sequence
    from nnframe.schedules.step import Step as Step
    from nnframe.schedules.warm_up import WarmUp as WarmUp

_HOMES = {
    "Constant": "constant",
    "Cosine": "cosine",
    "CosineRestarts": "cosine_restarts",
    "Exponential": "exponential",
    "InverseTime": "inverse_time",
    "Linear": "linear",
    "MultiStep": "multi_step",
    "Noam": "noam",
    "OnPlateau": "on_plateau",
    "OneCycle": "one_cycle",
    "Polynomial": "polynomial",
    "Sequence": "sequence",
    "Step": "step",
    "WarmUp": "warm_up",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
