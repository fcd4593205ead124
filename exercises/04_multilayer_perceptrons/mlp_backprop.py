from __future__ import annotations

import numpy as np

from tutor.mine import act_backward, act_forward, cross_entropy


def mlp_loss_and_grads(
    params: dict[str, np.ndarray], X: np.ndarray, y: np.ndarray, l2: float = 0.0
) -> tuple[float, dict[str, np.ndarray]]:
    r"""Mean cross-entropy of the logits plus $\frac{\lambda}{2} \sum_i \|W_i\|^2$, and its gradient at every parameter.

    $$ a_1 = \operatorname{relu}(X W_1 + b_1) \qquad a_2 = \operatorname{relu}(a_1 W_2 + b_2) \qquad z_3 = a_2 W_3 + b_3 $$

    params: W1 (D, H1), b1 (H1,), W2 (H1, H2), b2 (H2,), W3 (H2, C), b3 (C,); X: (N, D); y: (N,) classes; l2: $\lambda$.
    Returns (loss, grads): a float, and a dict with the keys, shapes and dtypes of params. Changes nothing.
    """
    # TODO: forward: z1, a1, z2, a2, z3, each kept under its name.
    # TODO: the loss with its gradient at z3, then the penalty on the three weight matrices.
    # TODO: backward: dz3, dz2, dz1, and from each of them one dW and one db.
    raise NotImplementedError
