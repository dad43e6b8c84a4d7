"""The layers that come with nnframe, and the combinators that put layers together. Layouts are channel-last."""

from typing import TYPE_CHECKING

from nnframe.lazy import lazy_names

if TYPE_CHECKING:
    from nnframe.layers.activation import Activation as Activation
    from nnframe.layers.add import Add as Add
    from nnframe.layers.average_pool import AveragePool1D as AveragePool1D, AveragePool2D as AveragePool2D
    from nnframe.layers.batch_norm import BatchNorm as BatchNorm
    from nnframe.layers.bidirectional import Bidirectional as Bidirectional
    from nnframe.layers.concatenate import Concatenate as Concatenate
    from nnframe.layers.conv1d import Conv1D as Conv1D
    from nnframe.layers.conv2d import Conv2D as Conv2D
    from nnframe.layers.conv_transpose2d import ConvTranspose2D as ConvTranspose2D
    from nnframe.layers.dense import Dense as Dense
    from nnframe.layers.dropout import Dropout as Dropout
    from nnframe.layers.embedding import Embedding as Embedding
    from nnframe.layers.flatten import Flatten as Flatten
    from nnframe.layers.gaussian_noise import GaussianNoise as GaussianNoise
    from nnframe.layers.global_pool import GlobalAveragePool as GlobalAveragePool, GlobalMaxPool as GlobalMaxPool
    from nnframe.layers.group_norm import GroupNorm as GroupNorm
    from nnframe.layers.gru import GRU as GRU
    from nnframe.layers.layer_norm import LayerNorm as LayerNorm
    from nnframe.layers.lstm import LSTM as LSTM
    from nnframe.layers.max_pool import MaxPool1D as MaxPool1D, MaxPool2D as MaxPool2D
    from nnframe.layers.multi_head_attention import MultiHeadAttention as MultiHeadAttention
    from nnframe.layers.multiply import Multiply as Multiply
    from nnframe.layers.parallel import Parallel as Parallel
    from nnframe.layers.permute import Permute as Permute
    from nnframe.layers.positional_encoding import PositionalEncoding as PositionalEncoding
    from nnframe.layers.prelu import PReLU as PReLU
    from nnframe.layers.reshape import Reshape as Reshape
    from nnframe.layers.residual import Residual as Residual
    from nnframe.layers.rms_norm import RMSNorm as RMSNorm
    from nnframe.layers.sequential import Sequential as Sequential
    from nnframe.layers.shared import Shared as Shared
    from nnframe.layers.simple_rnn import SimpleRNN as SimpleRNN
    from nnframe.layers.time_distributed import TimeDistributed as TimeDistributed
    from nnframe.layers.up_sampling import UpSampling1D as UpSampling1D, UpSampling2D as UpSampling2D
    from nnframe.layers.zero_padding import ZeroPadding1D as ZeroPadding1D, ZeroPadding2D as ZeroPadding2D

_HOMES = {
    "Activation": "activation",
    "Add": "add",
    "AveragePool1D": "average_pool",
    "AveragePool2D": "average_pool",
    "BatchNorm": "batch_norm",
    "Bidirectional": "bidirectional",
    "Concatenate": "concatenate",
    "Conv1D": "conv1d",
    "Conv2D": "conv2d",
    "ConvTranspose2D": "conv_transpose2d",
    "Dense": "dense",
    "Dropout": "dropout",
    "Embedding": "embedding",
    "Flatten": "flatten",
    "GRU": "gru",
    "GaussianNoise": "gaussian_noise",
    "GlobalAveragePool": "global_pool",
    "GlobalMaxPool": "global_pool",
    "GroupNorm": "group_norm",
    "LSTM": "lstm",
    "LayerNorm": "layer_norm",
    "MaxPool1D": "max_pool",
    "MaxPool2D": "max_pool",
    "MultiHeadAttention": "multi_head_attention",
    "Multiply": "multiply",
    "PReLU": "prelu",
    "Parallel": "parallel",
    "Permute": "permute",
    "PositionalEncoding": "positional_encoding",
    "RMSNorm": "rms_norm",
    "Reshape": "reshape",
    "Residual": "residual",
    "Sequential": "sequential",
    "Shared": "shared",
    "SimpleRNN": "simple_rnn",
    "TimeDistributed": "time_distributed",
    "UpSampling1D": "up_sampling",
    "UpSampling2D": "up_sampling",
    "ZeroPadding1D": "zero_padding",
    "ZeroPadding2D": "zero_padding",
}
__getattr__, __dir__ = lazy_names(__name__, _HOMES)
