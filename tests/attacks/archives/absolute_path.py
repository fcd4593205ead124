# +++
# tries = "names a file by an absolute path, to write over the system's"
# stopped_by = "nothing is unpacked to the disk; such a member is passed over"
# +++
import zipfile


def make(folder, canary):
    with zipfile.ZipFile(folder / "eve.zip", "w") as archive:
        archive.writestr(str(canary), "overwritten = 1\n")
