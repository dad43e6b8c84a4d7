"""The visitor protocol: a model walks its layers, parameters and loss, and calls the visitor at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from attrs import frozen
from typing_extensions import TypeVar

from nnframe.composition.parameter import Parameter
from nnframe.composition.tree import Path
from nnframe.interfaces import AnyLayer, Loss

if TYPE_CHECKING:
    from nnframe.composition.network import Network

__all__ = ["LayerVisit", "Visitor", "walk"]

R = TypeVar("R", default=None)


@frozen(eq=False)
class LayerVisit:
    """A layer as a visitor meets it.

    Attributes:
        path: Where it stands; () for the outermost.
        layer: The layer; for a combinator its children are visited next.
        parameters: Its own parameters, without its children's.
        output: What came out of it for an example of two, when the model was built.
    """

    path: Path
    layer: AnyLayer
    parameters: tuple[Parameter, ...]
    output: object


class Visitor(Generic[R]):
    """The base of visitors. Override what you want to see; ``finish`` returns the result.

    >>> from nnframe import Model
    >>> from nnframe.layers import Dense
    >>> class Names(Visitor[list[str]]):
    ...     '''Lists the classes of the layers.'''
    ...     def visit_model(self, model):
    ...         self.found = []
    ...     def visit_layer(self, visit):
    ...         self.found.append(type(visit.layer).__name__)
    ...     def finish(self):
    ...         return self.found
    >>> Model([Dense(2), "tanh"], input_shape=(3,)).accept(Names())
    ['Sequential', 'Dense', 'Activation']
    """

    def visit_model(self, model: Network) -> None:
        """Called first."""

    def visit_layer(self, visit: LayerVisit) -> bool | None:
        """Called for each layer, a combinator before its children; return False to leave out what is inside it."""

    def visit_parameter(self, parameter: Parameter, layer: AnyLayer) -> None:
        """Called for each parameter, after its layer."""

    def leave_layer(self, visit: LayerVisit) -> None:
        """Called for each layer after its parameters and children, also where these were left out."""

    def visit_loss(self, loss: Loss[object]) -> None:
        """Called last, where the model has a loss."""

    def finish(self) -> R:
        """Return the result of the visit."""
        raise NotImplementedError


def walk(model: Network, visitor: Visitor[R]) -> R:
    """Lead a visitor through a model; returns what it made of it."""
    visitor.visit_model(model)
    _walk_layer(model, visitor, (), model.layer)
    if model.loss is not None:
        visitor.visit_loss(model.loss)
    return visitor.finish()


def _walk_layer(model: Network, visitor: Visitor[R], path: Path, layer: AnyLayer) -> None:
    children = layer.children
    own = () if children else _parameters_at(model, path)
    visit = LayerVisit(path, layer, own, model.structure.outputs.get(path))
    if visitor.visit_layer(visit) is not False:
        for parameter in own:
            visitor.visit_parameter(parameter, layer)
        for step, child in children:
            _walk_layer(model, visitor, (*path, step), child)
    visitor.leave_layer(visit)


def _parameters_at(model: Network, path: Path) -> tuple[Parameter, ...]:
    arrays = model.structure.arrays
    return tuple(model.parameters[name] for name, leaf in arrays.items() if leaf.path[: len(path)] == path)
