"""All values of a model, running statistics among them: kept, put back to the bit, and compared."""

from __future__ import annotations

from collections.abc import Mapping

from nnframe.arrays import Array
from nnframe.errors import FileFormatError
from nnframe.interfaces import Trainable

__all__ = ["check_values", "has_values", "keep", "put_back"]


def keep(model: Trainable) -> dict[str, Array]:
    """Return a copy of every value, by path."""
    return {path: parameter.value.copy() for path, parameter in model.parameters.items()}


def check_values(model: Trainable, values: Mapping[str, Array] | None, what: str) -> None:
    """Check values from a file that are to be put back some day; None are fine.

    Raises:
        FileFormatError: They are not of the parameters of the model.
    """
    if values is not None and set(values) != set(model.parameters):
        raise FileFormatError(f"{what} are not those of the parameters of the model")


def put_back(model: Trainable, values: Mapping[str, Array]) -> None:
    """Write values into the arrays that the model owns."""
    for path, value in values.items():
        model.parameters[path].value[...] = value


def has_values(model: Trainable, values: Mapping[str, Array]) -> bool:
    """Say whether the values of a model are these, to the bit."""
    return all(value.tobytes() == model.parameters[path].value.tobytes() for path, value in values.items())
