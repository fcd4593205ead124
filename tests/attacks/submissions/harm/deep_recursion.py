# +++
# tries = "calls itself without end"
# stopped_by = "Python's own limit"
# +++
def softmax(x):
    return softmax(x)


apply = softmax
