# +++
# tries = "returns half precision, complex numbers, booleans and objects"
# stopped_by = "dtypes are compared"
# +++
import torch

KINDS = [torch.float16, torch.complex128, torch.bool, torch.int64]


def softmax(x):
    KINDS.append(KINDS.pop(0))
    return torch.ones_like(x).to(KINDS[0])


def apply(fn, x):
    return [[None]]
