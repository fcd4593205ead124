# +++
# tries = "walks up the stack to the object that says no and makes it forget"
# stopped_by = "looking at frames is refused"
# forbidden = true
# +++
import sys

import torch

frame = sys._getframe()
while frame is not None:
    for value in list(frame.f_locals.values()):
        ban = getattr(value, "_ban", None)
        if ban is not None:
            ban.__dict__.update(_file="nothing.py", _needs=frozenset())
            type(ban).deny = lambda *a, **k: None
            type(ban)._asking = lambda self: None
    frame = frame.f_back


def softmax(x):
    return getattr(torch, "soft" + "max")(x, -1)
