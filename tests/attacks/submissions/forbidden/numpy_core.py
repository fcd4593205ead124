# +++
# tries = "calls the compiled part below it"
# stopped_by = "the compiled part is out of reach, too"
# forbidden = true
# exercise = "inverse"
# +++
import importlib

import numpy as np


def inverse(a):
    return importlib.import_module("numpy." + "linalg._umath_" + "linalg").inv(a)
