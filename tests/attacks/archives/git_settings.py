# +++
# tries = "has a .git folder whose settings run a program when git looks"
# stopped_by = "an empty repository of ours is asked, with the objects of theirs"
# +++
import os
import shutil
import subprocess


def make(folder, canary):
    home = folder / "eve"
    home.mkdir()
    (home / "cross_entropy.py").write_text("x = 1\n")
    if shutil.which("git") is None:
        return
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    git = ["git", "-C", str(home), "-c", "user.name=e", "-c", "user.email=e@x"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True, env=env)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "core.hooksPath"):
        subprocess.run([*git, "config", name, f"cp {canary} {folder / chr(46)}ran"], check=True, env=env)
