# +++
# tries = "unpacks to far more than was handed in: zeros"
# stopped_by = "reading ends at 4 MB a file"
# +++
import zipfile


def make(folder, canary):
    with (
        zipfile.ZipFile(folder / "eve.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("softmax.py", "w") as file,
    ):
        for _ in range(64):
            file.write(bytes(1 << 20))
