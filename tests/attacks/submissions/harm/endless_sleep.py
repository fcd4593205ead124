# +++
# tries = "waits without end, using no computing time"
# stopped_by = "clock of the server"
# seconds = 1
# +++
import threading


def softmax(x):
    threading.Event().wait()


apply = softmax
