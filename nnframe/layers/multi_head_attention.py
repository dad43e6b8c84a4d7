"""MultiHeadAttention: every step looks at other steps, and takes a weighted mean of what it finds there."""

from __future__ import annotations

from typing import TypeAlias

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array, Booleans, namespace
from nnframe.checks import truth, whole_from_one
from nnframe.errors import ShapeError
from nnframe.initializers import GlorotUniform, Zeros
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.attention import attend, visible
from nnframe.layers.convert import as_initializer
from nnframe.layers.normalization import rows_of

__all__ = ["MultiHeadAttention", "Projections"]

Inputs: TypeAlias = Array | tuple[Array, ...]
Gradients: TypeAlias = Array | tuple[Array | None, ...]


@frozen(eq=False)
class Projections:
    """The parameters of MultiHeadAttention; width = heads · head_size."""

    query_weight: Array
    """(features, width)"""
    key_weight: Array
    """(memory's features, width)"""
    value_weight: Array
    """(memory's features, width)"""
    output_weight: Array
    """(width, features)"""
    query_bias: Array | None
    """(width,); None where the layer has no biases"""
    key_bias: Array | None
    """(width,)"""
    value_bias: Array | None
    """(width,)"""
    output_bias: Array | None
    """(features,)"""


@frozen
class MultiHeadAttention(Layer[Projections, Inputs, Gradients]):
    """y = [A₁V₁, ..., AₕVₕ] Wₒ + bₒ, with A = softmax(Q Kᵀ / √head_size) of each head.

    Q = x W_q + b_q, and K and V in the same way of the memory, which in self-attention is x too.
    Source: Vaswani et al. 2017, section 3.2.

    The input is x, (batch, length, features): self-attention, in which nobody sees padded steps (``context.mask``).
    Or it is a tuple (x, memory), with memory (batch, its length, its features): cross-attention; or (x, memory, mask),
    mask being integers (batch, its length), 0 where a step of the memory is padding. The output has the shape of x.
    A step that may see nothing gets bₒ.

    Args:
        heads: How many.
        head_size: The length of a query; by default features / heads.
        causal: Whether a step sees only itself and earlier ones.
        use_bias: Whether the b are added.
        weight_initializer, bias_initializer: Where all W, and all b, begin.

    >>> import numpy as np
    >>> layer = MultiHeadAttention(2, causal=True)
    >>> weights = layer.initialize(np.ones((1, 3, 4)), np.random.default_rng(0))
    >>> layer.forward(weights, np.ones((1, 3, 4)), Context())[0].shape
    (1, 3, 4)
    """

    heads: int = attrs.field(validator=whole_from_one)
    head_size: int | None = attrs.field(default=None, validator=attrs.validators.optional(whole_from_one))
    causal: bool = attrs.field(default=False, validator=truth)
    use_bias: bool = attrs.field(default=True, validator=truth, kw_only=True)
    weight_initializer: Initializer = attrs.field(default=GlorotUniform(), converter=as_initializer, kw_only=True)
    bias_initializer: Initializer = attrs.field(default=Zeros(), converter=as_initializer, kw_only=True)

    def initialize(self, x: Inputs, rng: Generator) -> Projections:
        query, memory, _ = _parts(x, None)
        features, known = query.shape[-1], memory.shape[-1]
        if self.head_size is None and features % self.heads:
            raise ShapeError(
                f"MultiHeadAttention needs features that its {self.heads} heads divide, got {features}: "
                "give it a head_size"
            )
        width = self.heads * (self.head_size or features // self.heads)
        shapes = (features, width), (known, width), (known, width), (width, features)
        weights = [self.weight_initializer(shape, rng) for shape in shapes]
        biases = [self.bias_initializer(shape[1:], rng) if self.use_bias else None for shape in shapes]
        return Projections(*weights, *biases)

    def forward(self, parameters: Projections, x: Inputs, context: Context) -> Result[Projections, Gradients]:
        query, memory, mask = _parts(x, context.mask)
        p, seen = parameters, visible(query, memory, mask, self.causal)
        q = _affine(query, p.query_weight, p.query_bias)
        k = _affine(memory, p.key_weight, p.key_bias)
        v = _affine(memory, p.value_weight, p.value_bias)
        mixed, pull = attend(q, k, v, seen, self.heads)

        def pullback(dy: Array) -> tuple[Gradients, Projections]:
            dmixed, doutput, doutput_bias = _back(mixed, p.output_weight, p.output_bias, dy)
            dq, dk, dv = pull(dmixed)
            dx, dquery, dquery_bias = _back(query, p.query_weight, p.query_bias, dq)
            dmemory, dkey, dkey_bias = _back(memory, p.key_weight, p.key_bias, dk)
            more, dvalue, dvalue_bias = _back(memory, p.value_weight, p.value_bias, dv)
            dmemory += more
            gradient = Projections(dquery, dkey, dvalue, doutput, dquery_bias, dkey_bias, dvalue_bias, doutput_bias)
            if not isinstance(x, tuple):
                dx += dmemory
                return dx, gradient
            return (dx, dmemory, *(None for _ in x[2:])), gradient

        return _affine(mixed, p.output_weight, p.output_bias), pullback


def _parts(x: Inputs, mask: Booleans | None) -> tuple[Array, Array, Booleans | None]:
    """Query, memory, and which steps of the memory are none."""
    if not isinstance(x, tuple):
        query = memory = x
    elif len(x) in (2, 3):
        query, memory = x[:2]
        mask = x[2] != 0 if len(x) == 3 else None
    else:
        raise ShapeError(f"MultiHeadAttention takes x, (x, memory) or (x, memory, mask), and got a tuple of {len(x)}")
    if query.ndim != 3 or memory.ndim != 3 or len(query) != len(memory):
        raise ShapeError(
            f"MultiHeadAttention expects (batch, length, features) of one batch, got {query.shape} and {memory.shape}"
        )
    if mask is not None and mask.shape != memory.shape[:2]:
        raise ShapeError(f"MultiHeadAttention expects a mask {memory.shape[:2]} of the memory, got {mask.shape}")
    return query, memory, mask


def _affine(x: Array, weight: Array, bias: Array | None) -> Array:
    y = namespace(x).matmul(x, weight)
    if bias is not None:
        y += bias
    return y


def _back(x: Array, weight: Array, bias: Array | None, dy: Array) -> tuple[Array, Array, Array | None]:
    """The gradients of ``_affine``: of x, weight and bias."""
    xp, upstream = namespace(x), rows_of(dy)
    dweight = xp.matmul(xp.matrix_transpose(rows_of(x)), upstream)
    return xp.matmul(dy, xp.matrix_transpose(weight)), dweight, None if bias is None else xp.sum(upstream, axis=0)
