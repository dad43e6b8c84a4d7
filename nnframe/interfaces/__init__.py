"""The contracts that parts are written to, and what is handed to them."""

from nnframe.interfaces.activation import Activation, Elementwise
from nnframe.interfaces.builder import Builder
from nnframe.interfaces.callback import Callback, Display, Moment
from nnframe.interfaces.composite import Composite
from nnframe.interfaces.constraint import Constraint
from nnframe.interfaces.context import Context
from nnframe.interfaces.dataset import Batch, Dataset
from nnframe.interfaces.function import Function
from nnframe.interfaces.initializer import Initializer
from nnframe.interfaces.layer import AnyLayer, AnyPullback, AnyResult, Layer, Pullback, Result
from nnframe.interfaces.loss import Loss
from nnframe.interfaces.metric import Direction, Metric, Mode
from nnframe.interfaces.observer import LayerRun, Observer
from nnframe.interfaces.optimizer import NoSlots, Optimizer
from nnframe.interfaces.parameters import NO_PARAMETERS, NoParameters, is_statistic, statistic
from nnframe.interfaces.part import Part
from nnframe.interfaces.regularizer import Regularizer
from nnframe.interfaces.schedule import Progress, Schedule
from nnframe.interfaces.trainable import AnyParameter, Trainable
from nnframe.interfaces.unrolled import Unrolled

__all__ = [
    "NO_PARAMETERS",
    "Activation",
    "AnyLayer",
    "AnyParameter",
    "AnyPullback",
    "AnyResult",
    "Batch",
    "Builder",
    "Callback",
    "Composite",
    "Constraint",
    "Context",
    "Dataset",
    "Direction",
    "Display",
    "Elementwise",
    "Function",
    "Initializer",
    "Layer",
    "LayerRun",
    "Loss",
    "Metric",
    "Mode",
    "Moment",
    "NoParameters",
    "NoSlots",
    "Observer",
    "Optimizer",
    "Part",
    "Progress",
    "Pullback",
    "Regularizer",
    "Result",
    "Schedule",
    "Trainable",
    "Unrolled",
    "is_statistic",
    "statistic",
]
