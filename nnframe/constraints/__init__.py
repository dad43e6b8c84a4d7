"""The constraints that come with nnframe: sets that parameters may not leave."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.constraints.max_norm import MaxNorm as MaxNorm
    from nnframe.constraints.non_negative import NonNegative as NonNegative
    from nnframe.constraints.unit_norm import UnitNorm as UnitNorm

_HOMES = {
    "MaxNorm": "max_norm",
    "NonNegative": "non_negative",
    "UnitNorm": "unit_norm",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
