# +++
# tries = "closes every descriptor, its channel too, and goes on"
# stopped_by = "a lost connection is an outcome of its own"
# seconds = 2
# +++
import os
import time


def softmax(x):
    os.closerange(0, 4096)
    time.sleep(30)


apply = softmax
