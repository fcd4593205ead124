# +++
# tries = "carries the hidden checks' inputs out in texts, warnings and exit codes"
# stopped_by = "findings of hidden checks hold no text"
# +++
import os
import sys
import warnings

KEPT = []


def softmax(x):
    KEPT.append(x.tolist())
    print(KEPT)
    warnings.warn(str(KEPT))
    sys.stderr.write(str(KEPT))
    raise ValueError(str(KEPT))


apply = softmax
