# +++
# tries = "links secrets into its scratch folder, symbolically and not"
# stopped_by = "Landlock judges the target, not the name"
# needs = ["file system"]
# +++
import os


def softmax(x):
    for number, path in enumerate(["@COURSE@/solutions/01_one/target.py", "@OTHER@/target.py", "/etc/passwd"]):
        for link in (os.symlink, os.link):
            try:
                link(path, f"link{number}{link.__name__}")
                print(open(f"link{number}{link.__name__}").read())
            except OSError:
                pass
    return x


apply = softmax
