"""The regularizers that come with nnframe: penalties on parameters."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.regularizers.l1 import L1 as L1
    from nnframe.regularizers.l1_l2 import L1L2 as L1L2
    from nnframe.regularizers.l2 import L2 as L2

_HOMES = {
    "L1": "l1",
    "L1L2": "l1_l2",
    "L2": "l2",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
