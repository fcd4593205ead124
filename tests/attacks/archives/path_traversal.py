# +++
# tries = "climbs out of its folder with .."
# stopped_by = "nothing is unpacked to the disk; such a member is passed over"
# +++
import io
import tarfile


def make(folder, canary):
    with tarfile.open(folder / "eve.tar.gz", "w:gz") as archive:
        for name in ("../softmax.py", "a/../../softmax.py", "..\\softmax.py", f"../{canary.name}"):
            info = tarfile.TarInfo(name)
            info.size = 14
            archive.addfile(info, io.BytesIO(b"overwritten=1\n"))
