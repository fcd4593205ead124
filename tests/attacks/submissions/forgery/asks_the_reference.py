# +++
# tries = "asks the judge for the solution under every name it can think of"
# stopped_by = "only what an exercise needs is lent"
# +++
import tutor.mine as mine


def ask():
    for name in ("softmax", "target", "solution", "reference", "expected", "same", "__loader__", "__dict__"):
        try:
            found = getattr(mine, name)
        except Exception:
            continue
        if callable(found):
            return found
    return lambda x: x


def softmax(x):
    return ask()(x)


def apply(fn, x):
    return ask()(x)
