# +++
# tries = "imports the module by name at run time"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
import importlib


def softmax(x):
    return importlib.import_module("torch.nn." + "functional").__dict__["soft" + "max"](x, -1)
