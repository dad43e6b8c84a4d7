"""The initializers that come with nnframe: where parameters begin."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.initializers.constant import Constant as Constant
    from nnframe.initializers.glorot_normal import GlorotNormal as GlorotNormal
    from nnframe.initializers.glorot_uniform import GlorotUniform as GlorotUniform
    from nnframe.initializers.he_normal import HeNormal as HeNormal
    from nnframe.initializers.he_uniform import HeUniform as HeUniform
    from nnframe.initializers.identity import Identity as Identity
    from nnframe.initializers.lecun_normal import LeCunNormal as LeCunNormal
    from nnframe.initializers.lecun_uniform import LeCunUniform as LeCunUniform
    from nnframe.initializers.normal import Normal as Normal
    from nnframe.initializers.ones import Ones as Ones
    from nnframe.initializers.orthogonal import Orthogonal as Orthogonal
    from nnframe.initializers.truncated_normal import TruncatedNormal as TruncatedNormal
    from nnframe.initializers.uniform import Uniform as Uniform
    from nnframe.initializers.variance_scaling import VarianceScaling as VarianceScaling
    from nnframe.initializers.zeros import Zeros as Zeros

_HOMES = {
    "Constant": "constant",
    "GlorotNormal": "glorot_normal",
    "GlorotUniform": "glorot_uniform",
    "HeNormal": "he_normal",
    "HeUniform": "he_uniform",
    "Identity": "identity",
    "LeCunNormal": "lecun_normal",
    "LeCunUniform": "lecun_uniform",
    "Normal": "normal",
    "Ones": "ones",
    "Orthogonal": "orthogonal",
    "TruncatedNormal": "truncated_normal",
    "Uniform": "uniform",
    "VarianceScaling": "variance_scaling",
    "Zeros": "zeros",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
