"""Capstone: a recurrent network that learns a text character by character, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tutor.mine import Embedding, cross_entropy, rnn_backward, rnn_forward, sequential_batches


def _start(table: Embedding, hidden: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The table, normal weights with the standard deviation 1/√rows, and zero biases; float32."""
    vocab_size, embed = table.W.shape
    params = {
        "E": table.W,
        "Wx": rng.normal(size=(embed, hidden)) / np.sqrt(embed),
        "Wh": rng.normal(size=(hidden, hidden)) / np.sqrt(hidden),
        "b": np.zeros(hidden),
        "Wo": rng.normal(size=(hidden, vocab_size)) / np.sqrt(hidden),
        "bo": np.zeros(vocab_size),
    }
    return {name: value.astype(np.float32) for name, value in params.items()}


def _clip(grads: dict[str, np.ndarray], clip: float) -> None:
    """Shorten all gradients by one factor if they are longer than `clip` together; in place."""
    norm = np.sqrt(sum(float((g**2).sum()) for g in grads.values()))  # () over all six
    for g in grads.values():
        g *= min(1.0, clip / (norm + 1e-6))


def _step(
    p: dict[str, np.ndarray], table: Embedding, X: np.ndarray, Y: np.ndarray, h: np.ndarray
) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
    """Loss of one batch, all gradients, and the state it ends with."""
    x = table.forward(X)  # (N, T, D)
    hs = rnn_forward(x, h, p["Wx"], p["Wh"], p["b"])  # (N, T, H)
    N, T, H = hs.shape
    flat = hs.reshape(N * T, H)  # (N·T, H)
    loss, dlogits = cross_entropy(flat @ p["Wo"] + p["bo"], Y.ravel())  # float, (N·T, V)
    dhs = (dlogits @ p["Wo"].T).reshape(N, T, H)
    dx, _, dWx, dWh, db = rnn_backward(dhs, x, h, hs, p["Wx"], p["Wh"])  # dh0 is thrown away: truncation
    table.zero_grad()
    table.backward(dx)
    grads = {"E": table.dW, "Wx": dWx, "Wh": dWh, "b": db, "Wo": flat.T @ dlogits, "bo": dlogits.sum(axis=0)}
    return loss, grads, hs[:, -1]


def train_char_rnn(
    ids: np.ndarray,
    vocab_size: int,
    *,
    embed: int = 32,
    hidden: int = 256,
    batch_size: int = 32,
    num_steps: int = 35,
    epochs: int = 300,
    lr: float = 1.0,
    clip: float = 1.0,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Plain descent with clipped gradients on sequential batches; the state goes on from batch to batch."""
    table = Embedding(vocab_size, embed, rng)
    p = _start(table, hidden, rng)
    train_ppl = []
    for epoch in range(epochs):
        h = np.zeros((batch_size, hidden), np.float32)  # (N, H)
        losses = []
        for X, Y in sequential_batches(ids, batch_size, num_steps, epoch % num_steps):  # (N, T) each
            table.W = p["E"]
            loss, grads, h = _step(p, table, X, Y, h)
            _clip(grads, clip)
            p = {name: p[name] - np.float32(lr) * grads[name] for name in p}
            losses.append(loss)
        train_ppl.append(float(np.exp(np.mean(losses))))
    return {"params": p, "train_ppl": train_ppl}


def generate(params: dict[str, np.ndarray], prefix: Sequence[int], n: int) -> list[int]:
    """The n most likely characters behind the prefix, each read before the next is chosen."""
    if len(prefix) == 0:
        raise ValueError("the prefix needs at least one character: nothing can follow nothing")
    h = np.zeros((1, len(params["b"])), params["b"].dtype)  # (1, H)
    read = list(prefix)  # first all of it, later what was written last
    found: list[int] = []
    for _ in range(n):
        x = params["E"][read][None]  # (1, T, D)
        h = rnn_forward(x, h, params["Wx"], params["Wh"], params["b"])[:, -1]  # (1, H)
        read = [int((h @ params["Wo"] + params["bo"]).argmax())]
        found += read
    return found
