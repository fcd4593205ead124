# +++
# tries = "gets a method of arrays by a name made at run time"
# stopped_by = "methods of types made in C are replaced, too"
# forbidden = true
# exercise = "product"
# +++
def product(a, b):
    return getattr(a, "d" + "ot")(b)
