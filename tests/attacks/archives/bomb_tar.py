# +++
# tries = "hides 400 MB of zeros in members that nobody wants"
# stopped_by = "every unpacked byte counts, also of what is passed over"
# +++
import gzip
import io
import tarfile


def make(folder, canary):
    with gzip.open(folder / "eve.tar.gz", "wb", compresslevel=1) as stream:
        for number in range(100):
            info = tarfile.TarInfo(f"{number}.bin")
            info.size = 4 << 20
            stream.write(info.tobuf())
            stream.write(bytes(info.size))
        stream.write(io.BytesIO(bytes(1024)).read())
