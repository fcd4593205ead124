# +++
# tries = "prints without end"
# stopped_by = "output is cut; the process is stopped"
# seconds = 3
# +++
import sys


def softmax(x):
    while True:
        sys.stdout.write("flood " * 10_000)
        sys.stderr.write("flood " * 10_000)


apply = softmax
