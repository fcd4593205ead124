# +++
# tries = "writes files without end"
# stopped_by = "the scratch folder is measured; the process is stopped"
# seconds = 5
# +++
def softmax(x):
    for number in range(4000):
        with open(f"file{number}", "wb") as stream:
            stream.write(bytes(1 << 16))
        if number % 100 == 0:
            import time

            time.sleep(0.02)
    print("opened")
    return x


apply = softmax
