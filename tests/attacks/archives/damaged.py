# +++
# tries = "breaks off in the middle, or lies about its sizes"
# stopped_by = "whatever the libraries raise is a sentence"
# +++
import zipfile


def make(folder, canary):
    path = folder / "eve.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("softmax.py", "x = 1\n" * 1000)
    data = bytearray(path.read_bytes())
    data[40:60] = bytes(20)
    path.write_bytes(bytes(data))
    (folder / "mallory.zip").write_bytes(data[: len(data) // 2])
    (folder / "trudy.tar.gz").write_bytes(b"\x1f\x8b\x08" + bytes(range(200)))
