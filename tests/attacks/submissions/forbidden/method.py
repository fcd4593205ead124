# +++
# tries = "calls it as a method of the tensor"
# stopped_by = "the operation itself is overridden"
# forbidden = true
# +++
def softmax(x):
    return getattr(x, "soft" + "max")(-1)
