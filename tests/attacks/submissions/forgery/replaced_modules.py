# +++
# tries = "puts its own objects into sys.modules under the checker's names"
# stopped_by = "two processes"
# +++
import sys
import types


class Yes(types.ModuleType):
    def __getattr__(self, name):
        return lambda *a, **k: True


for name in ("pytest", "tutor.checks", "tutor.checks.same", "tutor.grading.judge", "torch.testing"):
    sys.modules[name] = Yes(name)


def softmax(x):
    return x


def apply(fn, x):
    return x
