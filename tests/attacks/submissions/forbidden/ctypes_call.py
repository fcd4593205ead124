# +++
# tries = "calls it through Python's C interface"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import ctypes

import torch


def softmax(x):
    call = ctypes.pythonapi.PyObject_CallObject
    call.restype, call.argtypes = ctypes.py_object, (ctypes.py_object, ctypes.py_object)
    return call(getattr(torch, "soft" + "max"), (x, -1))
