# +++
# tries = "reads the hidden checks and prints them"
# stopped_by = "Landlock: hidden checks are unreadable"
# needs = ["file system"]
# +++
def softmax(x):
    try:
        print(open("@HIDDEN@").read())
    except OSError as error:
        print(error)
    return x


apply = softmax
