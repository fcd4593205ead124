# +++
# tries = "changes default dtype, error states, print options and warnings for everybody"
# stopped_by = "two processes; a call's state is the judge's"
# +++
import warnings

import numpy as np
import torch

torch.set_default_dtype(torch.float16)
torch.use_deterministic_algorithms(True)
torch.set_grad_enabled(False)
np.seterr(all="raise")
warnings.simplefilter("error")


def softmax(x):
    return x


def apply(fn, x):
    return x
