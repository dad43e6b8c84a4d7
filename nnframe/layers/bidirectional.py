"""Bidirectional: a recurrent layer that reads a sequence from both ends."""

from __future__ import annotations

from typing import Literal

import attrs
from attrs import frozen

from nnframe.interfaces import AnyLayer, Composite
from nnframe.layers.add import Add
from nnframe.layers.branches import Branches
from nnframe.layers.concatenate import Concatenate
from nnframe.layers.convert import as_layer
from nnframe.layers.multiply import Multiply
from nnframe.layers.recurrent import Recurrent

__all__ = ["Bidirectional"]


@frozen
class Bidirectional(Composite):
    """y = [f(x), g(x)], where g is a recurrent layer like f, with weights of its own, that reads from the end.

    Source: Schuster and Paliwal 1997. In paths the two are called ``forward`` and ``backward``.

    Args:
        layer: f: a SimpleRNN, LSTM, GRU, or another recurrent layer.
        merge: How the two outputs are joined: "concatenate" (side by side), "add" or "multiply".

    >>> from nnframe.layers import LSTM
    >>> [name for name, _ in Bidirectional(LSTM(8)).children]
    ['forward', 'backward']
    """

    layer: AnyLayer = attrs.field(converter=as_layer)
    merge: Literal["concatenate", "add", "multiply"] = attrs.field(
        default="concatenate", validator=attrs.validators.in_(("concatenate", "add", "multiply"))
    )

    @layer.validator
    def _check_layer(self, field: object, layer: AnyLayer) -> None:
        if not isinstance(layer, Recurrent):
            raise ValueError(f"layer must be recurrent (SimpleRNN, LSTM, GRU), and is {type(layer).__qualname__}")

    def body(self) -> AnyLayer:
        assert isinstance(self.layer, Recurrent)
        both = [self.layer, attrs.evolve(self.layer, backwards=not self.layer.backwards)]
        joins: dict[str, type[Branches]] = {"concatenate": Concatenate, "add": Add, "multiply": Multiply}
        return joins[self.merge](both, names=("forward", "backward"))
