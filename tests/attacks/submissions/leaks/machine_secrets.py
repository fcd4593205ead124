# +++
# tries = "reads passwords, keys and logs of the machine"
# stopped_by = "Landlock"
# needs = ["file system"]
# +++
from pathlib import Path


def softmax(x):
    for path in ("/etc/shadow", "/etc/passwd", "/etc/hostname", "/var/log/syslog", "/proc/1/environ", "/dev/tty"):
        try:
            print("opened", Path(path).read_text()[:40])
        except OSError:
            pass
    return x


apply = softmax
