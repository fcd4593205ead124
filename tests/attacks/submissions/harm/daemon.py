# +++
# tries = "leaves a daemon behind: two forks, a session of its own"
# stopped_by = "no new processes"
# needs = ["processes"]
# +++
import os
import time


def softmax(x):
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(20)
            os._exit(0)
    except OSError:
        pass
    return x


apply = softmax
