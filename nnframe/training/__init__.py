"""Training: the loop, what it measures, and how it shows itself."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.training.clipping import Clipping as Clipping
    from nnframe.training.data import ArrayDataset as ArrayDataset
    from nnframe.training.history import History as History
    from nnframe.training.loop import TrainingRun as TrainingRun
    from nnframe.training.optimization import Optimization as Optimization

_HOMES = {
    "ArrayDataset": "data",
    "Clipping": "clipping",
    "History": "history",
    "Optimization": "optimization",
    "TrainingRun": "loop",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
