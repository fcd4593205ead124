# +++
# tries = "runs a shell, sudo and git to find out more"
# stopped_by = "no program can be run"
# +++
import os
import subprocess


def softmax(x):
    for command in (["sh", "-c", "cat /etc/passwd"], ["sudo", "-n", "id"], ["git", "config", "--list"]):
        for act in (lambda c: subprocess.run(c, capture_output=True), lambda c: os.posix_spawnp(c[0], c, {})):
            try:
                print("opened", act(command))
            except OSError:
                pass
    return x


apply = softmax
