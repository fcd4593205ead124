# +++
# tries = "is a hard link to a file of the instructor"
# stopped_by = "links in archives are no files"
# +++
import tarfile


def make(folder, canary):
    with tarfile.open(folder / "eve.tar", "w") as archive:
        info = tarfile.TarInfo("softmax.py")
        info.type, info.linkname = tarfile.LNKTYPE, str(canary)
        archive.addfile(info)
