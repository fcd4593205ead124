# +++
# tries = "is a device or a pipe, to block or flood whoever reads it"
# stopped_by = "only ordinary files are read, and never waited for"
# +++
import os
import tarfile


def make(folder, canary):
    with tarfile.open(folder / "eve.tar", "w") as archive:
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("softmax.py")
            info.type, info.devmajor, info.devminor = kind, 1, 5
            archive.addfile(info)
    (folder / "mallory").mkdir()
    os.mkfifo(folder / "mallory" / "softmax.py")
