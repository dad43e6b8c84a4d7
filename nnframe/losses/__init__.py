"""The losses that come with nnframe: what a network is trained to make small."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.losses.categorical_hinge import CategoricalHinge as CategoricalHinge
    from nnframe.losses.cosine_similarity import CosineSimilarity as CosineSimilarity
    from nnframe.losses.focal import Focal as Focal
    from nnframe.losses.gaussian_nll import GaussianNLL as GaussianNLL
    from nnframe.losses.hinge import Hinge as Hinge
    from nnframe.losses.huber import Huber as Huber
    from nnframe.losses.kl_divergence import KLDivergence as KLDivergence
    from nnframe.losses.log_cosh import LogCosh as LogCosh
    from nnframe.losses.mean_absolute_error import MeanAbsoluteError as MeanAbsoluteError
    from nnframe.losses.mean_absolute_percentage_error import MeanAbsolutePercentageError as MeanAbsolutePercentageError
    from nnframe.losses.mean_squared_logarithmic_error import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
    from nnframe.losses.negative_log_likelihood import NegativeLogLikelihood as NegativeLogLikelihood
    from nnframe.losses.poisson import Poisson as Poisson
    from nnframe.losses.squared_hinge import SquaredHinge as SquaredHinge

_HOMES = {
    "CategoricalHinge": "categorical_hinge",
    "CosineSimilarity": "cosine_similarity",
    "Focal": "focal",
    "GaussianNLL": "gaussian_nll",
    "Hinge": "hinge",
    "Huber": "huber",
    "KLDivergence": "kl_divergence",
    "LogCosh": "log_cosh",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "NegativeLogLikelihood": "negative_log_likelihood",
    "Poisson": "poisson",
    "SquaredHinge": "squared_hinge",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
