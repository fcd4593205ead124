# +++
# tries = "raises pytest's own Skipped, and exceptions that claim to be it"
# stopped_by = "exceptions cross as known types; a skip is no pass"
# +++
class Skipped(BaseException):
    allow_module_level = True


Skipped.__module__ = "_pytest.outcomes"


def skip():
    try:
        import pytest
    except ImportError:
        raise Skipped("no tests today") from None
    pytest.skip("no tests today")


def softmax(x):
    skip()


def apply(fn, x):
    skip()
