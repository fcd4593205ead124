# +++
# tries = "raises, and walks up from the traceback to the grader's frames to change what they hold"
# stopped_by = "two processes; frames here decide nothing"
# +++
def meddle():
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame
    while frame is not None:
        for value in list(frame.f_locals.values()):
            for name in ("outcome", "passed", "findings", "expected", "_findings"):
                try:
                    setattr(value, name, "passed")
                except Exception:
                    pass
        frame = frame.f_back


def softmax(x):
    meddle()
    return x


def apply(fn, x):
    meddle()
    return x
