# +++
# tries = "replaces the exit code in an atexit handler"
# stopped_by = "only explicit passes count"
# +++
import atexit
import os
import sys

atexit.register(os._exit, 0)


def softmax(x):
    sys.exit(1)


def apply(fn, x):
    raise KeyboardInterrupt
