# +++
# tries = "writes the operator into source that it compiles later"
# stopped_by = "source is read whenever it is compiled"
# forbidden = true
# exercise = "product"
# +++
def product(a, b):
    return eval("a " + chr(64) + " b")
