# +++
# tries = "wraps archives in archives"
# stopped_by = "an archive inside of an archive is not opened"
# +++
import io
import zipfile


def make(folder, canary):
    data = b"overwritten = 1\n"
    name = "softmax.py"
    for _ in range(5):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, data)
        data, name = out.getvalue(), "more.zip"
    (folder / "eve.zip").write_bytes(data)
