# +++
# tries = "has it called by a thread, where no line of the file is on the stack"
# stopped_by = "other threads are the file's own code"
# forbidden = true
# +++
import threading
from concurrent.futures import ThreadPoolExecutor

import torch

pool = ThreadPoolExecutor(1)


def softmax(x):
    return pool.submit(getattr(torch, "soft" + "max"), x.detach(), -1).result().requires_grad_(x.requires_grad)
