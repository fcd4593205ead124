# +++
# tries = "takes memory without end"
# stopped_by = "limit of memory"
# needs = ["memory"]
# +++
def softmax(x):
    kept = []
    while True:
        kept.append(bytearray(64 << 20))


apply = softmax
