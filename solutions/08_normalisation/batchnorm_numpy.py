"""Batch normalisation of features, forward and backward."""

import numpy as np


def batchnorm_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running: dict[str, np.ndarray],
    *,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple]:
    r"""$y = \gamma (x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$ for each feature.

    Args:
        x: (N, D).
        gamma: (D,), the scale of the output.
        beta: (D,), its mean.
        running: {"mean": (D,), "var": (D,)}: used in evaluation, updated in training.
        training: whether to use the statistics of this batch.
        momentum: the weight of this batch in the running values.
        eps: added to the variance under the root.

    Returns:
        y: (N, D), and the cache for `batchnorm_backward`.

    Raises:
        ValueError: a batch of one row in training.
    """
    if training:
        n = len(x)
        if n == 1:
            raise ValueError("one row has no variance: train with larger batches")
        mean = x.mean(axis=0)  # (D,)
        var = ((x - mean) ** 2).mean(axis=0)  # (D,) biased: this one normalises
        running["mean"] += momentum * (mean - running["mean"])
        running["var"] += momentum * (var * n / (n - 1) - running["var"])  # unbiased: this one is kept
    else:
        mean, var = running["mean"], running["var"]  # (D,) each
    std = np.sqrt(var + eps)  # (D,)
    xhat = (x - mean) / std  # (N, D)
    return gamma * xhat + beta, (xhat, gamma, std, training)


def batchnorm_backward(dout: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients by x, gamma and beta.

    Args:
        dout: (N, D).
        cache: from `batchnorm_forward`.

    Returns:
        dx: (N, D), dgamma: (D,), dbeta: (D,).
    """
    xhat, gamma, std, training = cache
    dxhat = dout * gamma  # (N, D)
    dx = dxhat
    if training:  # x also moves the mean and the variance of its batch
        dx = dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)  # (N, D)
    return dx / std, (dout * xhat).sum(axis=0), dout.sum(axis=0)
