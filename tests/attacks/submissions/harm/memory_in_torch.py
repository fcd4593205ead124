# +++
# tries = "takes memory without end as tensors"
# stopped_by = "limit of memory"
# needs = ["memory"]
# +++
import torch


def softmax(x):
    return torch.ones(1 << 40)


apply = softmax
