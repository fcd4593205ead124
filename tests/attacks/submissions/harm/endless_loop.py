# +++
# tries = "computes without end"
# stopped_by = "clock of the server"
# seconds = 1
# +++
def softmax(x):
    while True:
        pass


apply = softmax
