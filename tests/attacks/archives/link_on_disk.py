# +++
# tries = "puts a link into a folder that is handed in as it is"
# stopped_by = "files are opened without following links"
# +++
def make(folder, canary):
    (folder / "eve").mkdir()
    (folder / "eve" / "softmax.py").symlink_to(canary)
    (folder / "eve" / "more").symlink_to(canary.parent)
