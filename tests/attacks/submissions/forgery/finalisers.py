# +++
# tries = "ends the process when its objects are collected, before a failure is told"
# stopped_by = "the judge tells; an end is no pass"
# +++
import os
import weakref


class Bomb:
    def __del__(self):
        os._exit(0)


KEPT = []


def softmax(x):
    bomb = Bomb()
    KEPT[:] = [weakref.ref(x, lambda _: os._exit(0))]
    return x


def apply(fn, x):
    return x
