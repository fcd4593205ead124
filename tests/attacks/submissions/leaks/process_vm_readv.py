# +++
# tries = "reads the memory of its parent with process_vm_readv"
# stopped_by = "the system call is refused"
# needs = ["other processes"]
# +++
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def softmax(x):
    buffer = ctypes.create_string_buffer(64)
    here, there = Vector(ctypes.addressof(buffer), 64), Vector(id(os), 64)
    got = libc.process_vm_readv(os.getppid(), ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    print("opened" if got > 0 else "refused")
    return x


apply = softmax
