# +++
# tries = "keeps the interpreter's lock in a C function without end"
# stopped_by = "clock of the server"
# seconds = 1
# +++
import re


def softmax(x):
    re.match(r"(a+)+$", "a" * 64 + "b")


apply = softmax
