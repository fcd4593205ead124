# +++
# tries = "fills its folder with names, links and modes that are hard to remove"
# stopped_by = "it is removed whatever is in it"
# +++
import os


def softmax(x):
    deep = "d" * 200
    for _ in range(30):
        os.mkdir(deep)
        os.chdir(deep)
    for name in (b"\xff\xfe", "new\nline", "-rf", "~", "x" * 255):
        open(name, "w").close()
    os.symlink("/", "root")
    os.symlink("self", "self")
    return x


apply = softmax
