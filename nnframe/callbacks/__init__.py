"""The callbacks that come with nnframe: what happens beside the training."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.callbacks.checkpoint import Checkpoint as Checkpoint

_HOMES = {
    "Checkpoint": "checkpoint",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
