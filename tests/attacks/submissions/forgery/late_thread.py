# +++
# tries = "goes on in a thread after its answer, and changes the answer's memory and the modules"
# stopped_by = "an answer is bytes when it leaves"
# +++
import threading
import time

import torch


def meddle(result):
    for _ in range(20):
        time.sleep(0.005)
        result.fill_(1.0 / result.shape[-1])
        torch.allclose = lambda *a, **k: True


def softmax(x):
    result = torch.zeros_like(x)
    threading.Thread(target=meddle, args=(result.detach(),), daemon=True).start()
    return result


def apply(fn, x):
    return softmax(x)
