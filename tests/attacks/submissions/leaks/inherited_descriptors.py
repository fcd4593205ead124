# +++
# tries = "reads and lists every descriptor it inherited"
# stopped_by = "all are closed but its channel"
# +++
import os


def softmax(x):
    for number in range(256):
        try:
            info = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if not info.startswith(("socket:", "/dev/null", "pipe:", "anon_inode")) and "/proc/" not in info:
            print("opened", info)
    os.lseek(0, 0, 0) if os.isatty(0) else None
    print(repr(os.read(0, 100)))
    return x


apply = softmax
