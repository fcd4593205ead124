from __future__ import annotations


def conv_out(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1, ceil_mode: bool = False) -> int:
    r"""$\lfloor (n + 2p - d(k-1) - 1) / s \rfloor + 1$: on how many places a window can lie.

    n: length of the input; k: taps of the window. With `ceil_mode` the quotient is rounded up, but a window that would
    start in the padding behind the input is dropped. Raises ValueError when the result is below 1.
    """
    # TODO: divide whole numbers, rounding as asked, and refuse a result below 1.
    raise NotImplementedError


def same_padding(k: int, dilation: int = 1) -> int:
    r"""The padding (on either side) that keeps the size at stride 1.

    Raises ValueError where no padding does: when the window takes away an odd number of pixels.
    """
    # TODO: how much does the window take away? Half of it goes on either side, if there is a half.
    raise NotImplementedError


def conv_cost(
    c_in: int, c_out: int, k: tuple[int, int], hw_out: tuple[int, int], groups: int = 1, bias: bool = True
) -> tuple[int, int]:
    r"""(parameters, multiply-accumulates of one sample) of a convolution.

    k: (kh, kw); hw_out: (H_out, W_out). The bias has parameters, but its additions are not counted.
    Raises ValueError when `groups` does not divide both numbers of channels.
    """
    # TODO: how many weights does one filter have, and how often is each of them used?
    raise NotImplementedError


def dense_cost(n_in: int, n_out: int, bias: bool = True) -> tuple[int, int]:
    r"""(parameters, multiply-accumulates of one sample) of a fully connected layer."""
    # TODO: the same two numbers, where every input meets every output once.
    raise NotImplementedError
