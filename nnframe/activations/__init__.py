"""The activations that come with nnframe: functions between layers, without parameters."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.activations.celu import CELU as CELU
    from nnframe.activations.elu import ELU as ELU
    from nnframe.activations.exponential import Exponential as Exponential
    from nnframe.activations.gelu import GELU as GELU
    from nnframe.activations.glu import GLU as GLU
    from nnframe.activations.hard_sigmoid import HardSigmoid as HardSigmoid
    from nnframe.activations.hard_swish import HardSwish as HardSwish
    from nnframe.activations.hard_tanh import HardTanh as HardTanh
    from nnframe.activations.identity import Identity as Identity
    from nnframe.activations.leaky_relu import LeakyReLU as LeakyReLU
    from nnframe.activations.log_sigmoid import LogSigmoid as LogSigmoid
    from nnframe.activations.log_softmax import LogSoftmax as LogSoftmax
    from nnframe.activations.mish import Mish as Mish
    from nnframe.activations.relu6 import ReLU6 as ReLU6
    from nnframe.activations.selu import SELU as SELU
    from nnframe.activations.silu import SiLU as SiLU
    from nnframe.activations.softmax import Softmax as Softmax
    from nnframe.activations.softplus import Softplus as Softplus
    from nnframe.activations.softsign import Softsign as Softsign
    from nnframe.activations.tanh import Tanh as Tanh

_HOMES = {
    "CELU": "celu",
    "ELU": "elu",
    "Exponential": "exponential",
    "GELU": "gelu",
    "GLU": "glu",
    "HardSigmoid": "hard_sigmoid",
    "HardSwish": "hard_swish",
    "HardTanh": "hard_tanh",
    "Identity": "identity",
    "LeakyReLU": "leaky_relu",
    "LogSigmoid": "log_sigmoid",
    "LogSoftmax": "log_softmax",
    "Mish": "mish",
    "ReLU6": "relu6",
    "SELU": "selu",
    "SiLU": "silu",
    "Softmax": "softmax",
    "Softplus": "softplus",
    "Softsign": "softsign",
    "Tanh": "tanh",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
