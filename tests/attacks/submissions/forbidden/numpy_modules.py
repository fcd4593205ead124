# +++
# tries = "takes numpy.linalg out of sys.modules"
# stopped_by = "forbidden modules are gone from there, too"
# forbidden = true
# exercise = "inverse"
# +++
import sys

import numpy as np


def inverse(a):
    return sys.modules["numpy.lin" + "alg"].inv(a)
