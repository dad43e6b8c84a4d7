"""Puts parts together: parameters and their paths, running a tree of layers, and the visitor protocol."""

from nnframe.composition.count import ParameterCount
from nnframe.composition.inputs import Inputs
from nnframe.composition.network import Network
from nnframe.composition.parameter import Parameter
from nnframe.composition.summary import Summary, SummaryVisitor
from nnframe.composition.vector import from_vector, to_vector
from nnframe.composition.visitor import LayerVisit, Visitor

__all__ = [
    "Inputs",
    "LayerVisit",
    "Network",
    "Parameter",
    "ParameterCount",
    "Summary",
    "SummaryVisitor",
    "Visitor",
    "from_vector",
    "to_vector",
]
