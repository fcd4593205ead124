# +++
# tries = "holds 100,000 files"
# stopped_by = "entries are counted; a submission has at most 10,000"
# +++
import zipfile


def make(folder, canary):
    with zipfile.ZipFile(folder / "eve.zip", "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.py"), b"")
