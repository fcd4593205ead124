# +++
# tries = "starts threads without end"
# stopped_by = "limits of memory and of threads; the process is stopped"
# needs = ["memory"]
# seconds = 3
# +++
import threading
import time

threading.stack_size(64 << 10)


def softmax(x):
    for _ in range(3000):
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    time.sleep(2)
    return x


apply = softmax
