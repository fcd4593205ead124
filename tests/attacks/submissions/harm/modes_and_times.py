# +++
# tries = "changes modes, owners and times of others' files, which Landlock does not see"
# stopped_by = "the calls are refused"
# needs = ["other processes"]
# +++
import os


def softmax(x):
    for path in ("@OTHER@/target.py", "@COURSE@/solutions/01_one/target.py", "@HOME@/.netrc"):
        for act in (
            lambda path=path: os.chmod(path, 0o777),
            lambda path=path: os.utime(path, (0, 0)),
            lambda path=path: os.chown(path, 65534, 65534),
            lambda path=path: os.setxattr(path, "user.owned", b"x"),
        ):
            try:
                act()
                print("opened", path)
            except OSError:
                pass
    return x


apply = softmax
