# +++
# tries = "attaches shared memory of System V and POSIX"
# stopped_by = "an IPC of its own; the calls are refused"
# needs = ["file system"]
# +++
import ctypes
from multiprocessing import shared_memory


def softmax(x):
    libc = ctypes.CDLL(None)
    if libc.shmget(0x1234, 4096, 0o1666) >= 0:
        print("opened")
    try:
        shared_memory.SharedMemory("canary", create=True, size=64)
        print("opened")
    except (OSError, FileNotFoundError):
        pass
    return x


apply = softmax
