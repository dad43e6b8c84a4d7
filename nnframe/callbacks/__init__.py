"""The callbacks that come with nnframe: what happens beside the training."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.callbacks.checkpoint import Checkpoint as Checkpoint
    from nnframe.callbacks.csv_logger import CSVLogger as CSVLogger
    from nnframe.callbacks.early_stopping import EarlyStopping as EarlyStopping
    from nnframe.callbacks.ema import EMA as EMA
    from nnframe.callbacks.functions import Lambda as Lambda
    from nnframe.callbacks.gradient_monitor import GradientMonitor as GradientMonitor
    from nnframe.callbacks.progress_bar import ProgressBar as ProgressBar
    from nnframe.callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN
    from nnframe.callbacks.timer import Timer as Timer

_HOMES = {
    "CSVLogger": "csv_logger",
    "Checkpoint": "checkpoint",
    "EMA": "ema",
    "EarlyStopping": "early_stopping",
    "GradientMonitor": "gradient_monitor",
    "Lambda": "functions",
    "ProgressBar": "progress_bar",
    "TerminateOnNaN": "terminate_on_nan",
    "Timer": "timer",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
