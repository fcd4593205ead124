# +++
# tries = "opens files without end"
# stopped_by = "limit of descriptors, its own"
# +++
import os


def softmax(x):
    kept = []
    while len(kept) < 100_000:
        kept.append(os.open("x", os.O_CREAT))
    return x


apply = softmax
