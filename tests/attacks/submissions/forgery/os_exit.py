# +++
# tries = "ends the process with exit code 0 in the middle of a check"
# stopped_by = "only explicit passes count"
# +++
import os


def softmax(x):
    os._exit(0)


def apply(fn, x):
    os._exit(0)
