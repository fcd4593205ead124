# +++
# tries = "returns an answer nested a million levels deep"
# stopped_by = "strict decoder with a limit of depth"
# +++
def softmax(x):
    value = []
    for _ in range(1_000_000):
        value = [value]
    return value


apply = softmax
