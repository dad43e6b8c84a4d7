"""A layer of every registered kind, with the shape of an example input."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import field, frozen

from nnframe.interfaces import AnyLayer
from nnframe.layers import (
    GRU,
    LSTM,
    Activation,
    Add,
    AveragePool1D,
    AveragePool2D,
    BatchNorm,
    Bidirectional,
    Concatenate,
    Conv1D,
    Conv2D,
    ConvTranspose2D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GaussianNoise,
    GlobalAveragePool,
    GlobalMaxPool,
    GroupNorm,
    LayerNorm,
    MaxPool1D,
    MaxPool2D,
    MultiHeadAttention,
    Multiply,
    Parallel,
    Permute,
    PositionalEncoding,
    PReLU,
    Reshape,
    Residual,
    RMSNorm,
    Sequential,
    Shared,
    SimpleRNN,
    TimeDistributed,
    UpSampling1D,
    UpSampling2D,
    ZeroPadding1D,
    ZeroPadding2D,
)

Shapes = tuple[int, ...] | tuple[tuple[int, ...], ...]


@frozen
class Case:
    """A layer and the shape of its input, the batch in front; several shapes for a tuple of inputs."""

    name: str
    layer: AnyLayer
    shape: Shapes
    below: int = field(default=0, kw_only=True)
    """Above 0 the input is integers below this."""

    def input(self, dtype: str = "float64", *, batch: int | None = None, seed: int = 0) -> Any:
        """Draw an input."""
        rng = np.random.default_rng(seed)
        shapes: Any = self.shape if isinstance(self.shape[0], tuple) else (self.shape,)
        full = [shape if batch is None else (batch, *shape[1:]) for shape in shapes]
        drawn = [rng.integers(self.below, size=s) if self.below else rng.normal(size=s).astype(dtype) for s in full]
        return tuple(drawn) if isinstance(self.shape[0], tuple) else drawn[0]


IMAGE = (2, 5, 6, 4)
SEQUENCE = (2, 5, 4)

CASES = [
    Case("activation", Activation("tanh"), (3, 4)),
    Case("add", Add([Dense(3), Dense(3)]), (2, 4)),
    Case("average_pool1d", AveragePool1D(3, 2, 1), SEQUENCE),
    Case("average_pool2d", AveragePool2D(3, 2, "same"), IMAGE),
    Case("batch_norm", BatchNorm(), IMAGE),
    Case("bidirectional", Bidirectional(GRU(3)), SEQUENCE),
    Case("concatenate", Concatenate([Dense(3), Dense(2)]), (2, 4)),
    Case("conv1d", Conv1D(3, 3, padding="causal", dilation=2), SEQUENCE),
    Case("conv2d", Conv2D(3, (3, 2), (1, 2), "same"), IMAGE),
    Case("conv2d", Conv2D(8, 3, dilation=2, groups=4), IMAGE),
    Case("conv2d", Conv2D(4, 3, padding=1, groups=2, use_bias=False), IMAGE),
    Case("conv_transpose2d", ConvTranspose2D(3, 3, 2, "same"), IMAGE),
    Case("dense", Dense(3), (2, 3, 4)),
    Case("dropout", Dropout(0.5), (3, 4)),
    Case("embedding", Embedding(5, 3), (2, 6), below=5),
    Case("flatten", Flatten(), (2, 3, 4)),
    Case("gaussian_noise", GaussianNoise(0.5), (3, 4)),
    Case("global_average_pool", GlobalAveragePool(), IMAGE),
    Case("global_max_pool", GlobalMaxPool(), IMAGE),
    Case("group_norm", GroupNorm(2), IMAGE),
    Case("gru", GRU(3, return_sequences=True), SEQUENCE),
    Case("layer_norm", LayerNorm(), SEQUENCE),
    Case("lstm", LSTM(3), SEQUENCE),
    Case("max_pool1d", MaxPool1D(3, 2, 1), SEQUENCE),
    Case("max_pool2d", MaxPool2D(2, 1), IMAGE),
    Case("multi_head_attention", MultiHeadAttention(2, causal=True), SEQUENCE),
    Case("multi_head_attention", MultiHeadAttention(2, head_size=3), ((2, 5, 4), (2, 3, 6))),
    Case("multiply", Multiply([Dense(3), Dense(3)]), (2, 4)),
    Case("parallel", Sequential([Parallel([Dense(3), Dense(3)]), Multiply()]), ((2, 4), (2, 5))),
    Case("permute", Permute((2, 3, 1)), IMAGE),
    Case("positional_encoding", PositionalEncoding(), SEQUENCE),
    Case("prelu", PReLU(), SEQUENCE),
    Case("reshape", Reshape((3, -1)), (2, 6, 2)),
    Case("residual", Residual([Dense(4), "tanh"]), (2, 4)),
    Case("rms_norm", RMSNorm(), SEQUENCE),
    Case("sequential", Sequential([Dense(3), "tanh"]), (2, 4)),
    Case("shared", Sequential([Shared("twice", Dense(4)), Shared("twice", Dense(4))]), (2, 4)),
    Case("simple_rnn", SimpleRNN(3, return_sequences=True, backwards=True), SEQUENCE),
    Case("time_distributed", TimeDistributed(Conv1D(2)), (2, 3, 5, 4)),
    Case("up_sampling1d", UpSampling1D(3), SEQUENCE),
    Case("up_sampling2d", UpSampling2D((2, 3)), IMAGE),
    Case("zero_padding1d", ZeroPadding1D((2, 1)), SEQUENCE),
    Case("zero_padding2d", ZeroPadding2D(((1, 0), (2, 3))), IMAGE),
]
