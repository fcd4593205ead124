from __future__ import annotations

import numpy as np


def rnn_forward(x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""All states of a recurrent layer: $h_t = \tanh(x_t W_x + h_{t-1} W_h + b)$.

    x: (N, T, D); h0: (N, H), the state before the first step; Wx: (D, H); Wh: (H, H); b: (H,).
    Returns (N, T, H) in the dtype of x: hs[:, t] is the state after x[:, t] was read. T may be 0.
    """
    # TODO: one step of time after the other, all sequences of the batch at once; each starts from the state before it.
    raise NotImplementedError
