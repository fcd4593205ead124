# +++
# tries = "reads the solution where it lies and runs it"
# stopped_by = "Landlock: the course is unreadable"
# needs = ["file system"]
# +++
try:
    exec(open("@COURSE@/solutions/01_one/target.py").read())
except OSError as error:

    def softmax(x):
        raise ValueError("no luck")

    apply = softmax
