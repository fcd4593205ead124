# +++
# tries = "writes one file without end"
# stopped_by = "limit of file size"
# needs = ["file size"]
# +++
def softmax(x):
    with open("large", "wb") as stream:
        for _ in range(4096):
            stream.write(bytes(1 << 20))
    return x


apply = softmax
