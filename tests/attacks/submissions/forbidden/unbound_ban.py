# +++
# tries = "finds the object that says no among all objects and makes it forget"
# stopped_by = "walking all objects is refused"
# forbidden = true
# +++
import gc

import torch

for thing in gc.get_objects():
    if type(thing).__name__ == "Ban":
        thing.__dict__.update(_file="nothing.py")
        type(thing).deny = lambda *a, **k: None


def softmax(x):
    return getattr(torch, "soft" + "max")(x, -1)
