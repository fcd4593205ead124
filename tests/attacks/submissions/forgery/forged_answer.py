# +++
# tries = "writes a message of the wire format itself, with what it thinks is the expected answer"
# stopped_by = "strict decoder; one answer to one question"
# +++
import os
import struct


def softmax(x):
    body = b"R" + b"N" + struct.pack("<I", 0) + b"T" + b"N"
    for number in range(3, 64):
        try:
            os.write(number, struct.pack("<Q", len(body)) + body)
        except OSError:
            pass
    return x


def apply(fn, x):
    return softmax(x)
