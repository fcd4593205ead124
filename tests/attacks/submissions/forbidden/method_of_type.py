# +++
# tries = "takes the method from the type"
# stopped_by = "methods of types made in C are replaced, too"
# forbidden = true
# exercise = "product"
# +++
import numpy as np

product = vars(np.ndarray)["__mat" + "mul__"]
