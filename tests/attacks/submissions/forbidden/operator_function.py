# +++
# tries = "takes the operator from the operator module"
# stopped_by = "it is replaced under all its names"
# forbidden = true
# exercise = "product"
# +++
import functools


def product(a, b):
    return functools.reduce(getattr(__import__("_oper" + "ator"), "mat" + "mul"), [a, b])
