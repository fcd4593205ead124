# +++
# tries = "is called by terminal codes, marks that turn the text around, and bytes that are no text"
# stopped_by = "names are shown escaped; files in reports have plain names"
# +++
import os


def make(folder, canary):
    for name in (b"\x1b[2J\x1b[31mA", b"\xe2\x80\xaeevil", b"\xff\xfe", b"..\\..", b"a\nb"):
        try:
            os.mkdir(os.fsencode(folder) + b"/" + name)  # noqa: PTH102  bytes
        except OSError:  # this file system takes no such name
            continue
        with open(os.fsencode(folder) + b"/" + name + b"/softmax.py", "w") as file:  # noqa: PTH123  bytes
            file.write("x = 1\n")
