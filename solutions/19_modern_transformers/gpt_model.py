"""GPT: a decoder-only Transformer with learned positions and tied embeddings, and how it writes."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.mine import GPTBlock


class GPT(nn.Module):
    r"""$\text{logits} = \text{ln}_f(\text{blocks}(E_{ids} + P)) E^\top$ (Radford et al. 2019, Press & Wolf 2017)."""

    def __init__(self, vocab: int, d_model: int, num_heads: int, layers: int, max_len: int):
        super().__init__()
        self.max_len = max_len
        self.tok = nn.Embedding(vocab, d_model)  # (V, d)
        self.pos = nn.Embedding(max_len, d_model)  # (max_len, d)
        self.blocks = nn.ModuleList(GPTBlock(d_model, num_heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(d_model)
        for name, value in self.named_parameters():
            if value.ndim == 2:  # of linear layers and embeddings
                nn.init.normal_(value, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(value)

    def forward(
        self, ids: torch.Tensor, targets: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Logits of the next token at every position, and their mean loss.

        Args:
            ids: int64 (N, T).
            targets: int64 (N, T), the tokens that follow; or None.

        Returns:
            logits: (N, T, V), and the loss: () or None.

        Raises:
            ValueError: T > max_len.
        """
        t = ids.shape[1]
        if t > self.max_len:
            raise ValueError(f"{t} tokens, but only {self.max_len} positions")
        x = self.tok(ids) + self.pos.weight[:t]  # (N, T, d)
        for block in self.blocks:
            x = block(x)  # (N, T, d)
        logits = self.ln_f(x) @ self.tok.weight.T  # (N, T, V)
        if targets is None:
            return logits, None
        return logits, F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    @torch.no_grad()
    def generate(
        self,
        ids: torch.Tensor,
        n: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """ids (N, T) and n tokens drawn after them: (N, T + n)."""
        training = self.training
        self.eval()
        for _ in range(n):
            logits = self(ids[:, -self.max_len :])[0][:, -1]  # (N, V)
            ids = torch.cat((ids, _draw(logits, temperature, top_k, generator)), dim=1)
        self.train(training)
        return ids


def _draw(
    logits: torch.Tensor, temperature: float, top_k: int | None, generator: torch.Generator | None
) -> torch.Tensor:
    """One token for each row of logits (N, V): (N, 1)."""
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)
    if top_k is not None:
        smallest = logits.topk(min(top_k, logits.shape[-1]), dim=-1).values[:, -1:]  # (N, 1)
        logits = logits.masked_fill(logits < smallest, -torch.inf)
    return torch.multinomial((logits / temperature).softmax(dim=-1), 1, generator=generator)
