# +++
# tries = "reads and lists what others have handed in"
# stopped_by = "Landlock: submissions are unreadable"
# needs = ["file system"]
# +++
import os


def softmax(x):
    for folder in ("@OTHER@", os.path.dirname("@OTHER@")):
        try:
            print(os.listdir(folder))
            print(open(os.path.join(folder, "target.py")).read())
        except OSError as error:
            print(type(error).__name__)
    return x


apply = softmax
