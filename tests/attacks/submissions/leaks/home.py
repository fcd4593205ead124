# +++
# tries = "reads keys, tokens and histories in the home folder"
# stopped_by = "Landlock: homes are unreadable"
# needs = ["file system"]
# +++
import os
import pwd
from pathlib import Path

HOMES = [Path("@HOME@"), Path.home(), Path("/root"), Path("/home")]


def softmax(x):
    for home in HOMES:
        for name in (".ssh/id_rsa", ".netrc", ".bash_history", ".config/gh/hosts.yml"):
            try:
                print((home / name).read_text())
            except OSError:
                pass
        try:
            print(os.listdir(home))
        except OSError:
            pass
    return x


apply = softmax
