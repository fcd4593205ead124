"""Sizes, parameters and multiply-accumulates of convolutions, without computing one."""

from __future__ import annotations


def conv_out(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1, ceil_mode: bool = False) -> int:
    r"""$\lfloor (n + 2p - d(k-1) - 1) / s \rfloor + 1$ window positions; rounded up with `ceil_mode`."""
    room = n + 2 * padding - dilation * (k - 1) - 1  # how far the window can move from its first position
    if ceil_mode:
        out = -(-room // stride) + 1
        if (out - 1) * stride >= n + padding:  # the last window would start in the right padding
            out -= 1
    else:
        out = room // stride + 1
    if out < 1:
        raise ValueError(f"no window of {k} (dilation {dilation}) fits into {n} with padding {padding}")
    return out


def same_padding(k: int, dilation: int = 1) -> int:
    r"""$p = d(k-1)/2$, which keeps the size at stride 1."""
    missing = dilation * (k - 1)  # what the window takes away, to be put back half on either side
    if missing % 2:
        raise ValueError(f"kernel {k} with dilation {dilation} takes away {missing}: no half of it goes on either side")
    return missing // 2


def conv_cost(
    c_in: int, c_out: int, k: tuple[int, int], hw_out: tuple[int, int], groups: int = 1, bias: bool = True
) -> tuple[int, int]:
    r"""(parameters, multiply-accumulates of one sample) of a convolution."""
    if c_in % groups or c_out % groups:
        raise ValueError(f"{groups} groups do not divide {c_in} and {c_out} channels")
    weights = c_out * (c_in // groups) * k[0] * k[1]
    return weights + (c_out if bias else 0), weights * hw_out[0] * hw_out[1]


def dense_cost(n_in: int, n_out: int, bias: bool = True) -> tuple[int, int]:
    r"""(parameters, multiply-accumulates of one sample) of a fully connected layer."""
    return n_in * n_out + (n_out if bias else 0), n_in * n_out
