# +++
# tries = "traces the grader's functions to change their locals"
# stopped_by = "two processes"
# +++
import sys
import threading


def trace(frame, event, arg):
    for name in list(frame.f_locals):
        if name in ("expected", "outcome", "error", "failure"):
            frame.f_locals[name] = None
    return trace


sys.settrace(trace)
sys.setprofile(trace)
threading.settrace(trace)


def softmax(x):
    return x


def apply(fn, x):
    return x
