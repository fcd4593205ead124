# +++
# tries = "uses the forbidden function under another name"
# stopped_by = "the source is read, and the operation fails"
# forbidden = true
# +++
import torch

row = torch.softmax


def softmax(x):
    return row(x, -1)
