"""Conv1D: one small kernel of weights at every place of a sequence."""

from __future__ import annotations

import attrs
from attrs import frozen
from numpy.random import Generator

from nnframe.arrays import Array
from nnframe.checks import whole_from_one
from nnframe.initializers import GlorotUniform, Zeros
from nnframe.interfaces import Context, Initializer, Layer, Result
from nnframe.layers.convert import as_initializer
from nnframe.layers.convolution import Kernel, check_groups, convolve, initialize_weight
from nnframe.layers.spatial import Padding1D, along, as_padding, sequence_shape, windows_for

__all__ = ["Conv1D"]


@frozen
class Conv1D(Layer[Kernel]):
    """y[n, p] = b + Σ x[n, p · stride + k · dilation - before] W[k], over the places k of the kernel.

    (batch, length, channels) -> (batch, out length, filters): channel-last. The kernel is not turned.
    Source: Dumoulin and Visin 2016, chapter 2.

    Args:
        filters: How many output channels.
        kernel_size, stride, dilation: Along the sequence.
        padding: "valid" is none; "same" makes out = ⌈in / stride⌉, the odd zero at the end; "causal" puts all zeros in
            front, so that no output sees later inputs; else a number, or (before, after).
        groups: Filters see only the channels of their group. As many as channels: depthwise.
        use_bias: Whether b is added.
        weight_initializer, bias_initializer: Where W and b begin.

    >>> import numpy as np
    >>> layer = Conv1D(1, kernel_size=2, padding="causal")
    >>> y, pullback = layer.forward(Kernel(np.ones((2, 1, 1)), None), np.ones((1, 3, 1)), Context())
    >>> y[0, :, 0]
    array([1., 2., 2.])
    """

    filters: int = attrs.field(validator=whole_from_one)
    kernel_size: int = attrs.field(default=3, validator=whole_from_one)
    stride: int = attrs.field(default=1, validator=whole_from_one)
    padding: Padding1D = attrs.field(default="valid", converter=as_padding)
    dilation: int = attrs.field(default=1, validator=whole_from_one, kw_only=True)
    groups: int = attrs.field(default=1, validator=whole_from_one, kw_only=True)
    use_bias: bool = attrs.field(default=True, kw_only=True)
    weight_initializer: Initializer = attrs.field(default=GlorotUniform(), converter=as_initializer, kw_only=True)
    bias_initializer: Initializer = attrs.field(default=Zeros(), converter=as_initializer, kw_only=True)

    def initialize(self, x: Array, rng: Generator) -> Kernel:
        channels = sequence_shape("Conv1D", x)[2]
        check_groups("Conv1D", self.groups, channels, self.filters)
        sizes = (self.kernel_size,), channels, self.filters, self.groups
        weight = initialize_weight(self.weight_initializer, *sizes, rng)
        return Kernel(weight, self.bias_initializer((self.filters,), rng) if self.use_bias else None)

    def forward(self, parameters: Kernel, x: Array, context: Context) -> Result[Kernel]:
        length = sequence_shape("Conv1D", x)[1]
        padding = along(self.padding, self.dilation * (self.kernel_size - 1))
        sizes = (1, length), (1, self.kernel_size), (1, self.stride), (1, self.dilation)
        windows = windows_for("Conv1D", *sizes, padding)
        y, pull = convolve(x[:, None], parameters.weight[None], parameters.bias, windows, self.groups)

        def pullback(dy: Array) -> tuple[Array, Kernel]:
            dx, dweight, dbias = pull(dy[:, None], context.input_gradient)
            return dx[:, 0], Kernel(dweight[0], dbias)

        return y[:, 0], pullback

    def pushforward(self, parameters: Kernel, x: Array, d_parameters: Kernel, dx: Array, context: Context) -> Array:
        """Return ``x * dW + db + dx * W``: a convolution is linear in the kernel and in the input."""
        moved = self.forward(Kernel(parameters.weight, None), dx, context)[0]
        return self.forward(d_parameters, x, context)[0] + moved
