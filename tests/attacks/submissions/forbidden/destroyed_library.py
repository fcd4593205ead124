# +++
# tries = "finds the override among all objects and destroys it"
# stopped_by = "it cannot be found from Python; walking all objects is refused"
# forbidden = true
# +++
import gc

import torch

for thing in gc.get_objects():
    if type(thing) is torch.library.Library:
        thing._destroy()


def softmax(x):
    return getattr(torch, "soft" + "max")(x, -1)
