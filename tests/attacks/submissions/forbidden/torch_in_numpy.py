# +++
# tries = "computes it with torch, which the exercise does not use"
# stopped_by = "other libraries of that sort cannot be imported"
# forbidden = true
# exercise = "inverse"
# +++
import sys

import numpy as np


def inverse(a):
    torch = __import__("to" + "rch")
    return torch.linalg.inv(torch.from_numpy(a)).numpy()
