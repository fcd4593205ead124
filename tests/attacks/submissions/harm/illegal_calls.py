# +++
# tries = "makes system calls at random, and some of a foreign machine's"
# stopped_by = "the filter answers them"
# needs = ["other processes"]
# +++
import ctypes

libc = ctypes.CDLL(None)


def softmax(x):
    for number in [*range(400, 600), 0x40000000, 0x40000039, 1 << 30 | 59, 165, 166, 169, 170, 175, 246, 272, 308, 310]:
        libc.syscall(number, 0, 0, 0, 0, 0, 0)
    return x


apply = softmax
