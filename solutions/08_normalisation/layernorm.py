"""Layer normalisation, forward and backward."""

import numpy as np


def layernorm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, tuple]:
    r"""$y = \gamma (x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$, with the statistics of each row.

    Args:
        x: (..., D).
        gamma: (D,), the scale of the output.
        beta: (D,), its mean.
        eps: added to the variance under the root.

    Returns:
        y: (..., D), and the cache for `layernorm_backward`.
    """
    centred = x - x.mean(axis=-1, keepdims=True)  # (..., D)
    std = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)  # (..., 1)
    xhat = centred / std  # (..., D)
    return gamma * xhat + beta, (xhat, gamma, std)


def layernorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients by x, gamma and beta.

    Args:
        dout: (..., D).
        cache: from `layernorm_forward`.

    Returns:
        dx: (..., D), dgamma: (D,), dbeta: (D,).
    """
    xhat, gamma, std = cache
    rows = tuple(range(dout.ndim - 1))  # all axes but the last
    dxhat = dout * gamma  # (..., D)
    through_mean = dxhat.mean(axis=-1, keepdims=True)  # (..., 1)
    through_var = xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)  # (..., D)
    return (dxhat - through_mean - through_var) / std, (dout * xhat).sum(axis=rows), dout.sum(axis=rows)
