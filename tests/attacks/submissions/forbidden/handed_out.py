# +++
# tries = "hands the library's function out as its own"
# stopped_by = "what the judge calls counts as the file's own code"
# forbidden = true
# +++
from functools import partial

import torch

softmax = partial(getattr(torch, "soft" + "max"), dim=-1)
