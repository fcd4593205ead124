# +++
# tries = "reads address 0"
# stopped_by = "a crash is an outcome of its own"
# +++
import ctypes


def softmax(x):
    ctypes.string_at(0)


apply = softmax
