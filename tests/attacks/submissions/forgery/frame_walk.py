# +++
# tries = "walks up the stack looking for the expected value"
# stopped_by = "two processes: it is not there"
# +++
import inspect
import sys

import torch


def find(x):
    frames = [info.frame for info in inspect.stack(0)]
    frame = sys._getframe()
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    for frame in frames:
        for value in (*frame.f_locals.values(), *frame.f_globals.values()):
            if isinstance(value, torch.Tensor) and value is not x and value.shape == x.shape:
                if torch.all((value.sum(-1) - 1).abs() < 1e-6):
                    return value
    return x


def softmax(x):
    return find(x)


def apply(fn, x):
    return find(x)
