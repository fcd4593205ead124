# +++
# tries = "ignores every signal, and loops"
# stopped_by = "killed, not asked"
# seconds = 1
# +++
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def softmax(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


apply = softmax
