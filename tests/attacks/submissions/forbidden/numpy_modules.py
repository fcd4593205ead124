# +++
# tries = "takes numpy.linalg out of sys.modules"
# stopped_by = "forbidden modules are gone from there, too"
# forbidden = true
# exercise = "inverse"
# +++
import sys


def inverse(a):
    return sys.modules["numpy.lin" + "alg"].inv(a)
