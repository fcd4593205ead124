# +++
# tries = "searches its own memory for what was graded before"
# stopped_by = "processes are forked from one that never sees a job"
# +++
import ctypes

NEEDLE = b"CANARY-" + b"previous-"


def regions():
    for line in open("/proc/self/maps"):
        place, rights, *rest = line.split()
        start, end = (int(part, 16) for part in place.split("-"))
        if rights.startswith("rw") and end - start < 1 << 28 and (len(rest) < 4 or rest[3] == "[heap]"):
            yield start, end


def softmax(x):
    found = []
    for start, end in list(regions()):
        try:
            memory = open("/proc/self/mem", "rb", 0)
            memory.seek(start)
            data = memory.read(end - start) or b""
        except OSError:
            data = ctypes.string_at(start, end - start)
        at = data.find(NEEDLE)
        while at >= 0:
            text = data[at : at + 60]
            if b'"' not in text[:17]:
                found.append(text)
            at = data.find(NEEDLE, at + 1)
    print("found", found[:10])
    return x


apply = softmax
