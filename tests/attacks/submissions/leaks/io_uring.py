# +++
# tries = "opens files and sockets through io_uring, past the filter of system calls"
# stopped_by = "the system call is refused"
# needs = ["network", "file system"]
# +++
import ctypes


def softmax(x):
    libc = ctypes.CDLL(None)
    parameters = ctypes.create_string_buffer(120)
    print("opened" if libc.syscall(425, 4, parameters) >= 0 else "refused")
    return x


apply = softmax
