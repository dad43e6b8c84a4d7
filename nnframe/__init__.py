"""nnframe: neural networks on NumPy in which every part is a plugin, and a gradient verifier that names the mistake."""

from nnframe.lazy import lazy_names

TYPE_CHECKING = False

if TYPE_CHECKING:
    from nnframe import (
        activations as activations,
        arrays as arrays,
        composition as composition,
        constraints as constraints,
        datasets as datasets,
        errors as errors,
        initializers as initializers,
        interfaces as interfaces,
        layers as layers,
        losses as losses,
        metrics as metrics,
        optimizers as optimizers,
        persistence as persistence,
        registry as registry,
        regularizers as regularizers,
        schedules as schedules,
        testing as testing,
        training as training,
        verification as verification,
    )
    from nnframe.model import Model as Model

__version__ = "0.1.0"

_HOMES = {
    "Model": "model",
    **dict.fromkeys(
        (
            "activations",
            "arrays",
            "composition",
            "constraints",
            "datasets",
            "errors",
            "initializers",
            "interfaces",
            "layers",
            "losses",
            "metrics",
            "optimizers",
            "persistence",
            "registry",
            "regularizers",
            "schedules",
            "testing",
            "training",
            "verification",
        ),
        "",
    ),
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
