# +++
# tries = "prints and raises terminal codes, titles, links, bidirectional and invisible text"
# stopped_by = "all text is escaped"
# +++
EVIL = "\x1b[2J\x1b[31m\x1b]0;owned\x07\x1b]8;;http://evil\x1b\\link\x9b31m\u202e\u200b\r\x08\ud800\U000e0041"


def softmax(x):
    print(EVIL)
    error = ValueError(EVIL)
    error.add_note(EVIL)
    raise error


def apply(fn, x):
    return type(EVIL[:5], (), {})()
