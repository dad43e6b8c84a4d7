"""The activations that come with nnframe: functions between layers, without parameters."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.activations.identity import Identity as Identity
    from nnframe.activations.softmax import Softmax as Softmax
    from nnframe.activations.tanh import Tanh as Tanh

_HOMES = {
    "Identity": "identity",
    "Softmax": "softmax",
    "Tanh": "tanh",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
