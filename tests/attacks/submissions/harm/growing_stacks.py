# +++
# tries = "takes memory as stacks that grow downwards, which limits of the kernel do not count"
# stopped_by = "the calls are refused"
# needs = ["other processes"]
# +++
import ctypes

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p


def softmax(x):
    place = libc.mmap(None, ctypes.c_size_t(8 << 30), 3, 0x122, -1, 0)
    print("refused" if place in (None, 2**64 - 1) else "opened")
    return x


apply = softmax
