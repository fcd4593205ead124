# +++
# tries = "lets another part of numpy call it"
# stopped_by = "the caller is looked for up the whole stack"
# forbidden = true
# exercise = "inverse"
# +++
import numpy as np


def inverse(a):
    return np.asarray(np.matrix(a).I)
