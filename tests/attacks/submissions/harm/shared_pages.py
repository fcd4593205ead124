# +++
# tries = "takes memory as shared pages, which limits of the kernel do not count"
# stopped_by = "the calls are refused"
# needs = ["other processes"]
# +++
import mmap
import os


def softmax(x):
    kept = []
    for _ in range(4):
        try:
            pages = mmap.mmap(-1, 64 << 20)
            pages[::4096] = b"x" * (len(pages) // 4096)
            kept.append(pages)
        except OSError:
            pass
        try:
            number = os.memfd_create("bomb")
            os.write(number, bytes(16 << 20))
            kept.append(number)
        except OSError:
            pass
    print("opened" if kept else "refused")
    return x


apply = softmax
