# +++
# tries = "is encrypted, so that nobody can look"
# stopped_by = "a sentence asks for one without a password"
# +++
import zipfile


def make(folder, canary):
    path = folder / "eve.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("softmax.py", "x = 1\n")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
