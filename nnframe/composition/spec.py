"""The configuration of a network as data: names, numbers, lists and mappings, and nothing that could be executed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nnframe import registry
from nnframe.errors import SpecError
from nnframe.interfaces.builder import MOST_LAYERS
from nnframe.interfaces.part import did_you_mean
from nnframe.layers import Sequential
from nnframe.text import quote

if TYPE_CHECKING:
    from nnframe.composition.network import Network

__all__ = ["arguments_of", "spec_of_network"]

_KEYS = {
    "layers": (list, tuple, dict, str),
    "loss": (dict, str),
    "input_shape": (list, tuple),
    "input_dtype": (str, list, tuple),
    "seed": (int,),
    "dtype": (str,),
    "regularizers": (dict,),
    "constraints": (dict,),
    "trainable": (dict,),
}
_REQUIRED = ("layers", "input_shape")


def spec_of_network(network: Network, *, defaults: bool = False) -> dict[str, object]:
    """Return the configuration of a network, without the values of its parameters; ``defaults`` as ``spec_of`` does."""
    root = registry.spec_of(network.layer, defaults=defaults)
    plain = type(network.layer) is Sequential and not root.get("names") and set(root) <= {"name", "layers", "names"}
    shapes = [list(shape) for shape in network.inputs.shapes]
    dtypes = [str(dtype) for dtype in network.inputs.dtypes]
    spec: dict[str, object] = {
        "layers": root["layers"] if plain else root,
        "input_shape": shapes[0] if network.inputs.single else shapes,
        "input_dtype": dtypes[0] if network.inputs.single else dtypes,
        "seed": network.seed,
        "dtype": str(network.dtype),
    }
    if network.loss is not None:
        spec["loss"] = registry.spec_of(network.loss, defaults=defaults)
    for name, rules in (("regularizers", network.regularizers), ("constraints", network.constraints)):
        if rules:
            spec[name] = {pattern: registry.spec_of(rule, defaults=defaults) for pattern, rule in rules.items()}
    if network.frozen:
        spec["trainable"] = dict(network.frozen)
    return spec


def arguments_of(spec: Mapping[str, object]) -> dict[str, Any]:
    """Check the keys of a configuration, and return them as arguments of ``Model``.

    Raises:
        SpecError: A key is unknown or missing, or has the wrong type.

    >>> arguments_of({"layers": ["tanh"], "input_shapes": [2]})
    Traceback (most recent call last):
    nnframe.errors.SpecError: unknown key 'input_shapes' in a model's spec: did you mean 'input_shape'?
    """
    if not isinstance(spec, Mapping):
        raise SpecError(f"a model's spec is a mapping, and this is {type(spec).__name__}")
    for key, value in spec.items():
        if key not in _KEYS:
            raise SpecError(f"unknown key {quote(key)} in a model's spec{did_you_mean(str(key), _KEYS)}")
        if not isinstance(value, _KEYS[key]) or isinstance(value, bool):
            expected = " or ".join(kind.__name__ for kind in _KEYS[key] if kind is not tuple)
            raise SpecError(f"{key!r} in a model's spec must be {expected}, and is {type(value).__name__}")
    for key in _REQUIRED:
        if key not in spec:
            raise SpecError(f"a model's spec needs {key!r}")
    layers = sum(1 for _ in _listed_layers(spec["layers"]))
    if layers > MOST_LAYERS:
        raise SpecError(f"a model has at most {MOST_LAYERS:,} layers, and this spec describes {layers:,}")
    return dict(spec)


def _listed_layers(value: object) -> Iterator[object]:
    """Iterate over what stands for a layer in lists, however deep inside: cheaper than making parts of it."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            if key != "names":
                yield from _listed_layers(member)
    elif isinstance(value, list | tuple):
        for member in value:
            if isinstance(member, str | Mapping):
                yield member
            yield from _listed_layers(member)
