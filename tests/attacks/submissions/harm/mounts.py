# +++
# tries = "mounts, changes the root, makes namespaces and devices"
# stopped_by = "no capabilities; the calls are refused"
# needs = ["other processes"]
# +++
import ctypes
import os


def softmax(x):
    libc = ctypes.CDLL(None)
    for result in (
        libc.mount(b"none", b".", b"tmpfs", 0, None),
        libc.chroot(b"."),
        libc.unshare(0x10000000),
        libc.umount2(b"/", 2),
        libc.sethostname(b"owned", 5),
        libc.mknod(b"device", 0o60666, 0x0800),
    ):
        if result == 0:
            print("opened")
    return x


apply = softmax
