"""What a job may have left behind in a judge's process, and how it is undone before the next job.

Owns nothing of the job itself: its objects die with it. This is about what Python, NumPy and torch keep for the whole
process, which the learner's code moves through the judge (random generators) or a check file changes.
"""

from __future__ import annotations

import gc
import os
import random
import sys

import numpy as np
import torch

from tutor.grading import given


class ProcessState:
    """The state of this process at one moment."""

    def __init__(self) -> None:
        """Take it now."""
        random.seed(0)  # a fork seeds it with chance
        self._random = random.getstate()
        self._numpy = np.random.get_state(legacy=False)
        self._torch = torch.get_rng_state()
        self._errors = np.geterr()
        self._print = np.get_printoptions()
        self._dtype, self._threads = torch.get_default_dtype(), torch.get_num_threads()
        self._environment, self._path = dict(os.environ), list(sys.path)
        gc.freeze()  # what is here stays: no collection needs to look at it again

    def restore(self) -> None:
        """Put everything back."""
        random.setstate(self._random)
        np.random.set_state(self._numpy)
        torch.set_rng_state(self._torch)
        np.seterr(**self._errors)
        np.set_printoptions(**self._print)
        torch.set_default_dtype(self._dtype)
        torch.set_grad_enabled(True)
        torch.use_deterministic_algorithms(False)
        if torch.get_num_threads() != self._threads:
            torch.set_num_threads(self._threads)
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        sys.path[:] = self._path
        for name in [n for n in sys.modules if n == "tutor.mine" or n.startswith(given.SOLUTION)]:
            del sys.modules[name]
        gc.collect()
