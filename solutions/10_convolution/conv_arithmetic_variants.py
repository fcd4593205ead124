"""Other right ways to count, and the classic miscounts."""

from __future__ import annotations

import math

from tutor.checks import accept, reject


def positive(out):
    """Refuse a result below 1."""
    if out < 1:
        raise ValueError("no window fits")
    return out


def ceiled(n, k, stride, padding, dilation):
    """Rounded up, without a window that starts behind the input."""
    out = -(-(n + 2 * padding - dilation * (k - 1) - 1) // stride) + 1
    return out - 1 if (out - 1) * stride >= n + padding else out


def divides(c_in, c_out, groups):
    """Refuse groups that do not divide the channels."""
    if c_in % groups != 0 or c_out % groups != 0:
        raise ValueError("groups do not divide the channels")


@accept("counts the places one by one")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    last_tap = dilation * (k - 1)
    room = n + 2 * padding
    starts = [t for t in range(0, room, stride) if t + last_tap < room]
    if ceil_mode and room - last_tap - 1 > -stride:
        extra = len(starts) * stride
        started = extra - stride + last_tap + 1 < room if starts else True
        starts += [extra] if started and extra < n + padding else []
    return positive(len(starts))


@accept("floor and ceil of the maths module")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    places = (n + 2 * padding - dilation * (k - 1) - 1) / stride + 1
    out = math.ceil(places) if ceil_mode else math.floor(places)
    while ceil_mode and (out - 1) * stride >= n + padding:
        out -= 1
    return positive(out)


@accept("padding tried out")
def same_padding(k, dilation=1):
    for p in range(k * dilation + 1):
        if 2 * p == dilation * (k - 1):
            return p
    raise ValueError("no padding keeps the size")


@accept("cost group by group")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = sum((c_out // groups) * (c_in // groups) * math.prod(k) for _ in range(groups))
    return weights + c_out * int(bias), weights * math.prod(hw_out)


@reject("true division", "There are no half places, and a size is an int: divide with //, which rounds down.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    return positive((n + 2 * padding - dilation * (k - 1) - 1) / stride + 1)


@reject(
    "rounded to the nearest",
    "You rounded to the nearest number. A window that does not fit completely does not count: round down.",
)
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation))
    return positive(math.floor((n + 2 * padding - dilation * (k - 1) - 1) / stride + 0.5) + 1)


@reject(
    "rounded towards zero",
    "int() cuts off towards zero, so a window that is a little too long gets 0 more places, and counts as one. "
    "Divide with //, which rounds down below zero, too.",
)
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation))
    return positive(int((n + 2 * padding - dilation * (k - 1) - 1) / stride) + 1)


@reject("the first place forgotten", "One is missing: the window has a place before it takes its first step. Add 1.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation) - 1)
    return positive((n + 2 * padding - dilation * (k - 1) - 1) // stride)


@reject("1 added inside the fraction", "The 1 for the first place is added after the division, not before.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation))
    return positive((n + 2 * padding - dilation * (k - 1)) // stride)


@reject("padding counted once", "The padding is added at both ends: n + 2p.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation))
    return positive((n + padding - dilation * (k - 1) - 1) // stride + 1)


@reject(
    "dilation times k",
    "k taps have k - 1 gaps between them: the window covers d(k - 1) + 1 pixels, not d·k.",
)
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation))
    return positive((n + 2 * padding - dilation * k) // stride + 1)


@reject("dilation ignored", "Dilation pulls the taps apart: the window covers d(k - 1) + 1 pixels.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return positive(ceiled(n, k, stride, padding, dilation))
    return positive((n + 2 * padding - k) // stride + 1)


@reject("ceil_mode ignored", "ceil_mode changes nothing in your result: it rounds up, for pooling layers.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    return positive((n + 2 * padding - dilation * (k - 1) - 1) // stride + 1)


@reject(
    "window in the right padding kept",
    "Rounded up, but the last window starts in the padding behind the input: PyTorch drops it.",
)
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    room = n + 2 * padding - dilation * (k - 1) - 1
    return positive((-(-room // stride) if ceil_mode else room // stride) + 1)


@reject(
    "one more instead of rounded up",
    "You add a window always. Rounding up adds one only where pixels are left over.",
)
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    out = (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1
    if ceil_mode:
        out += 1
        out -= (out - 1) * stride >= n + padding
    return positive(out)


@reject("size 0 let through", "A size of 0 or less came out. When not one window fits, raise ValueError.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return ceiled(n, k, stride, padding, dilation)
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


@reject("1 at least", "When not one window fits there is no output: raise ValueError, do not return 1.")
def conv_out(n, k, stride=1, padding=0, dilation=1, ceil_mode=False):
    if ceil_mode:
        return max(1, ceiled(n, k, stride, padding, dilation))
    return max(1, (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1)


@reject(
    "k // 2 for even kernels",
    "With an even kernel k // 2 on either side makes the output one larger. No symmetric padding fits: raise ValueError.",
)
def same_padding(k, dilation=1):
    return dilation * (k // 2)


@reject(
    "half of it rounded down",
    "(k - 1) // 2 makes the output one smaller for an even kernel. No symmetric padding fits: raise ValueError.",
)
def same_padding(k, dilation=1):
    return dilation * (k - 1) // 2


@reject("dilation without padding", "With dilation the window takes away d(k - 1) pixels, so p = d(k - 1)/2.")
def same_padding(k, dilation=1):
    if dilation * (k - 1) % 2:
        raise ValueError("odd")
    return (k - 1) // 2


@reject(
    "every even kernel refused",
    "An even kernel with an even dilation takes away an even number of pixels: p = d(k - 1)/2 is a whole number there.",
)
def same_padding(k, dilation=1):
    if k % 2 == 0:
        raise ValueError("even kernel")
    return dilation * (k - 1) // 2


@reject("padding of both sides", "That is the padding of both sides together; `padding` is what one side gets.")
def same_padding(k, dilation=1):
    if dilation * (k - 1) % 2:
        raise ValueError("odd")
    return dilation * (k - 1)


@reject("padding as a float", "A padding is a number of pixels: divide with //, so that an int comes out.")
def same_padding(k, dilation=1):
    if dilation * (k - 1) % 2:
        raise ValueError("odd")
    return dilation * (k - 1) / 2


@reject(
    "multiply-adds without the output area",
    "Each weight is used once for EVERY pixel of the output: multiply by H_out·W_out.",
)
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * (c_in // groups) * k[0] * k[1]
    return weights + (c_out if bias else 0), weights


@reject(
    "parameters times the output area",
    "The weights are shared by all positions: the size of the picture does not change their number.",
)
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    macs = c_out * (c_in // groups) * k[0] * k[1] * hw_out[0] * hw_out[1]
    return macs + (c_out if bias else 0), macs


@reject("one bias a kernel", "One bias for each OUTPUT channel, not one for each pair of channels.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * (c_in // groups) * k[0] * k[1]
    return weights + (c_out * (c_in // groups) if bias else 0), weights * hw_out[0] * hw_out[1]


@reject("bias per input channel", "One bias for each OUTPUT channel: a filter adds its channels up, then its bias.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * (c_in // groups) * k[0] * k[1]
    return weights + (c_in if bias else 0), weights * hw_out[0] * hw_out[1]


@reject("bias multiplied and added", "Only multiply-accumulates of weights are counted here, not the bias.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    parameters = c_out * (c_in // groups) * k[0] * k[1] + (c_out if bias else 0)
    return parameters, parameters * hw_out[0] * hw_out[1]


@reject("bias always counted", "Without a bias (bias=False) there are no parameters for it.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * (c_in // groups) * k[0] * k[1]
    return weights + c_out, weights * hw_out[0] * hw_out[1]


@reject(
    "one kernel for all input channels",
    "A filter has its own kernel for every input channel it reads: c_in / groups of them.",
)
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * k[0] * k[1]
    return weights + (c_out if bias else 0), weights * hw_out[0] * hw_out[1]


@reject("groups ignored", "With groups a filter only reads the c_in / groups channels of its own part.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * c_in * k[0] * k[1]
    return weights + (c_out if bias else 0), weights * hw_out[0] * hw_out[1]


@reject(
    "divided by the groups twice",
    "groups times (c_in/g)·(c_out/g) is c_in·c_out/g: there are g parts of that size, you counted one.",
)
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = (c_out // groups) * (c_in // groups) * k[0] * k[1]
    return weights + (c_out if bias else 0), weights * hw_out[0] * hw_out[1]


@reject("kernel taken as square", "The kernel need not be square: kh·kw weights, not kh·kh.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    divides(c_in, c_out, groups)
    weights = c_out * (c_in // groups) * k[0] ** 2
    return weights + (c_out if bias else 0), weights * hw_out[0] * hw_out[1]


@reject("groups not checked", "Groups that do not divide the channels went through: raise ValueError.")
def conv_cost(c_in, c_out, k, hw_out, groups=1, bias=True):
    weights = c_out * (c_in // groups) * k[0] * k[1]
    return weights + (c_out if bias else 0), weights * hw_out[0] * hw_out[1]


@reject("dense bias per input", "One bias for each output unit.")
def dense_cost(n_in, n_out, bias=True):
    return n_in * n_out + (n_in if bias else 0), n_in * n_out


@reject("dense bias always counted", "With bias=False the dense layer has no bias.")
def dense_cost(n_in, n_out, bias=True):
    return n_in * n_out + n_out, n_in * n_out


@reject("dense bias among the multiply-adds", "Only multiply-accumulates of weights are counted here, not the bias.")
def dense_cost(n_in, n_out, bias=True):
    return n_in * n_out + n_out * bias, (n_in + bias) * n_out
