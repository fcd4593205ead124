# +++
# tries = "forks itself again and again"
# stopped_by = "no new processes"
# needs = ["processes"]
# +++
import os
import time


def softmax(x):
    for _ in range(6):
        try:
            if os.fork() == 0:
                time.sleep(5)
        except OSError:
            pass
    return x


apply = softmax
