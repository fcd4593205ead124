# +++
# tries = "hides a link in a zip, where only a few bits tell"
# stopped_by = "the kind in the attributes is looked at"
# +++
import zipfile


def make(folder, canary):
    info = zipfile.ZipInfo("softmax.py")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(folder / "eve.zip", "w") as archive:
        archive.writestr(info, str(canary))
