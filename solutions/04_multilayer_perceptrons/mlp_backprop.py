"""Loss and all gradients of a network with two hidden layers."""

from __future__ import annotations

import numpy as np

from tutor.mine import act_backward, act_forward, cross_entropy


def mlp_loss_and_grads(
    params: dict[str, np.ndarray], X: np.ndarray, y: np.ndarray, l2: float = 0.0
) -> tuple[float, dict[str, np.ndarray]]:
    r"""Mean cross-entropy of the logits, plus $\frac{\lambda}{2} \sum_i \|W_i\|^2$, and its gradient at every parameter."""
    W1, W2, W3 = params["W1"], params["W2"], params["W3"]  # (D, H1), (H1, H2), (H2, C)
    z1 = X @ W1 + params["b1"]  # (N, H1)
    a1 = act_forward(z1, "relu")  # (N, H1)
    z2 = a1 @ W2 + params["b2"]  # (N, H2)
    a2 = act_forward(z2, "relu")  # (N, H2)
    z3 = a2 @ W3 + params["b3"]  # (N, C), the logits
    loss, dz3 = cross_entropy(z3, y)  # (), (N, C)
    loss += l2 / 2 * sum(float((W**2).sum()) for W in (W1, W2, W3))

    dz2 = act_backward(dz3 @ W3.T, z2, a2, "relu")  # (N, C) @ (C, H2) -> (N, H2)
    dz1 = act_backward(dz2 @ W2.T, z1, a1, "relu")  # (N, H2) @ (H2, H1) -> (N, H1)
    grads = {}
    for i, a, dz in (("1", X, dz1), ("2", a1, dz2), ("3", a2, dz3)):  # input and output gradient of layer i
        grads["W" + i] = a.T @ dz + l2 * params["W" + i]  # (n_in, N) @ (N, n_out)
        grads["b" + i] = dz.sum(axis=0)  # (n_out,)
    return loss, grads
