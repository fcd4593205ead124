from __future__ import annotations

import numpy as np


def rnn_backward(
    dhs: np.ndarray, x: np.ndarray, h0: np.ndarray, hs: np.ndarray, Wx: np.ndarray, Wh: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of the loss at everything that went into `rnn_forward(x, h0, Wx, Wh, b)`.

    $$ dz_t = (dhs_t + dz_{t+1} W_h^\top) \odot (1 - h_t^2) $$

    dhs: (N, T, H), gradient at each state from its own step; x: (N, T, D); h0: (N, H); hs: (N, T, H), what
    rnn_forward returned; Wx: (D, H); Wh: (H, H). Returns (dx, dh0, dWx, dWh, db); changes nothing.
    """
    # TODO: start with zeros for the three sums and for what comes back from the step after the last.
    # TODO: from the last step to the first: dz, its share of each sum, dx of this step, and what goes to the step before.
    raise NotImplementedError
