"""Other right ways to write the block, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject, waive


class _Block(nn.Module):
    """The parts, and each step as a method of its own, for variants that differ in one of them."""

    def __init__(self, d_model, num_heads, d_ff=None):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.heads = num_heads
        self.ln1, self.ln2 = nn.LayerNorm(d_model), nn.LayerNorm(d_model)
        self.qkv, self.proj = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        self.fc1, self.fc2 = nn.Linear(d_model, d_ff or 4 * d_model), nn.Linear(d_ff or 4 * d_model, d_model)

    def split(self, x):
        n, t, d = x.shape
        return x.view(n, t, self.heads, d // self.heads).transpose(1, 2)

    def parts(self, x):
        return [self.split(part) for part in self.qkv(x).chunk(3, -1)]

    def scale(self, q):
        return 1 / math.sqrt(q.shape[-1])

    def hidden(self, t):
        return torch.ones(t, t, dtype=torch.bool).triu(1)

    def weights(self, scores):
        hidden = self.hidden(scores.shape[-1]).to(scores.device)
        return torch.softmax(scores.masked_fill(hidden, -math.inf), -1)

    def merge(self, heads):
        return heads.transpose(1, 2).flatten(2)

    def attention(self, x):
        q, k, v = self.parts(x)
        return self.proj(self.merge(self.weights(q @ k.mT * self.scale(q)) @ v))

    def act(self, x):
        return F.gelu(x)

    def mlp(self, x):
        return self.fc2(self.act(self.fc1(x)))

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.mlp(self.ln2(x))


@accept("einsum, an additive mask, no own functions")
class GPTBlock(_Block):
    def attention(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, -1).unbind(2)
        scores = torch.einsum("nqhc,nkhc->nhqk", q, k) / q.shape[-1] ** 0.5
        mask = torch.full((t, t), -math.inf, device=x.device, dtype=x.dtype).triu(1)
        out = torch.einsum("nhqk,nkhc->nqhc", torch.softmax(scores + mask, -1), v)
        return self.proj(out.reshape(n, t, d))


@accept("a loop over the heads")
class GPTBlock(_Block):
    def attention(self, x):
        q, k, v = self.qkv(x).split(x.shape[-1], -1)
        size = x.shape[-1] // self.heads
        outs = []
        for i in range(0, x.shape[-1], size):
            part = slice(i, i + size)
            outs.append(self.weights(q[..., part] @ k[..., part].transpose(1, 2) * size**-0.5) @ v[..., part])
        return self.proj(torch.cat(outs, -1))


@accept("token by token")
class GPTBlock(_Block):
    def attention(self, x):
        q, k, v = self.parts(x)
        outs = []
        for t in range(x.shape[1]):
            scores = (q[:, :, t : t + 1] * k[:, :, : t + 1]).sum(-1) / q.shape[-1] ** 0.5
            outs.append((scores.softmax(-1)[..., None] * v[:, :, : t + 1]).sum(2))
        return self.proj(torch.stack(outs, 1).flatten(2))


@reject(
    "post-norm",
    "You normalise the sum, as in 2017. GPT-2 normalises the INPUT of each sub-layer and leaves the stream alone.",
)
class GPTBlock(_Block):
    def forward(self, x):
        x = self.ln1(x + self.attention(x))
        return self.ln2(x + self.mlp(x))


@reject(
    "residual from ln(x)",
    "You add to the normalised copy. The stream itself is added: x + attention(ln1(x)), not ln1(x) + ….",
)
class GPTBlock(_Block):
    def forward(self, x):
        x = self.ln1(x)
        x = x + self.attention(x)
        x = self.ln2(x)
        return x + self.mlp(x)


@reject("no residual around the attention", "The attention's result must be ADDED to the stream; yours replaces it.")
class GPTBlock(_Block):
    def forward(self, x):
        x = self.attention(self.ln1(x))
        return x + self.mlp(self.ln2(x))


@reject("no residual around the mlp", "The mlp's result must be ADDED to the stream; yours replaces it.")
class GPTBlock(_Block):
    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return self.mlp(self.ln2(x))


@reject("no ln1", "The attention reads the stream without ln1.")
class GPTBlock(_Block):
    def forward(self, x):
        x = x + self.attention(x) + 0 * self.ln1(x)
        return x + self.mlp(self.ln2(x))


@reject("ln1 used twice", "The mlp has a norm of its own: ln2.")
class GPTBlock(_Block):
    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.mlp(self.ln1(x)) + 0 * self.ln2(x)


@reject(
    "both sub-layers from x",
    "Your mlp reads x from before the attention (the parallel block of GPT-J). Here it reads the sum.",
)
class GPTBlock(_Block):
    def forward(self, x):
        return x + self.attention(self.ln1(x)) + self.mlp(self.ln2(x))


@reject("mlp before the attention", "First attention, then the mlp.")
class GPTBlock(_Block):
    def forward(self, x):
        x = x + self.mlp(self.ln2(x))
        return x + self.attention(self.ln1(x))


@reject(
    "the caller's x changed",
    "`x += …` writes into the caller's tensor: it is the stream of the block before. `x = x + …`.",
)
class GPTBlock(_Block):
    def forward(self, x):
        out = x + self.attention(self.ln1(x))
        with torch.no_grad():
            x.copy_(out)
        return out + self.mlp(self.ln2(out))


@reject("ReLU", "GPT's mlp has a GELU; these are the numbers of a ReLU.")
class GPTBlock(_Block):
    def act(self, x):
        return torch.relu(x)


@reject(
    "tanh form of GELU",
    "You use the approximation by tanh, which is off in the fourth decimal. Here it is the exact GELU.",
)
class GPTBlock(_Block):
    def act(self, x):
        return F.gelu(x, approximate="tanh")


@reject("no activation", "Without a GELU between them fc1 and fc2 are one linear map.")
class GPTBlock(_Block):
    def act(self, x):
        return x


@reject("no causal mask", "Every token sees the whole text: the future leaks. Mask it before the softmax.")
class GPTBlock(_Block):
    def hidden(self, t):
        return torch.zeros(t, t, dtype=torch.bool)


@reject("sees one token ahead", "Your mask is off by one: token t sees token t + 1, the very answer it is to predict.")
class GPTBlock(_Block):
    def hidden(self, t):
        return torch.ones(t, t, dtype=torch.bool).triu(2)


@reject(
    "does not see itself",
    "Your mask is off by one: token t may look at itself. The first token has nothing else, and becomes NaN.",
)
class GPTBlock(_Block):
    def hidden(self, t):
        return torch.ones(t, t, dtype=torch.bool).triu(0)


@reject("mask the wrong way round", "Your tokens look ahead instead of back: hide what lies ABOVE the diagonal.")
class GPTBlock(_Block):
    def hidden(self, t):
        return torch.ones(t, t, dtype=torch.bool).tril(-1)


@reject(
    "mask after the softmax",
    "You mask the weights after the softmax, so the rows no longer sum to 1. Scores become -inf before it.",
)
class GPTBlock(_Block):
    def weights(self, scores):
        return torch.softmax(scores, -1).masked_fill(self.hidden(scores.shape[-1]).to(scores.device), 0.0)


@reject("masked scores are 0", "A score of 0 is an ordinary one: e^0 = 1. Hidden scores must be -inf.")
class GPTBlock(_Block):
    def weights(self, scores):
        return torch.softmax(scores.masked_fill(self.hidden(scores.shape[-1]).to(scores.device), 0.0), -1)


@reject(
    "masked scores are -1000",
    "Other scores may be lower than your -1000: the future wins there. Only -inf is below them all.",
)
class GPTBlock(_Block):
    def weights(self, scores):
        return torch.softmax(scores.masked_fill(self.hidden(scores.shape[-1]).to(scores.device), -1e3), -1)


@reject(
    "softmax over the queries", "Each QUERY has weights that sum to 1: the softmax runs along the keys, the last axis."
)
class GPTBlock(_Block):
    def weights(self, scores):
        hidden = self.hidden(scores.shape[-1]).to(scores.device)
        return torch.softmax(scores.masked_fill(hidden, -math.inf), -2)


@reject(
    "exp without a shift", "exp overflows for scores above 709 (float32: 88). Use softmax, which subtracts the maximum."
)
class GPTBlock(_Block):
    def weights(self, scores):
        e = scores.masked_fill(self.hidden(scores.shape[-1]).to(scores.device), -math.inf).exp()
        return e / e.sum(-1, keepdim=True)


@reject("not scaled", "The scores are not divided by √d_h: with many dimensions the softmax saturates.")
class GPTBlock(_Block):
    def scale(self, q):
        return 1.0


@reject("scaled by d_model", "You divide by √d_model. A head has d_h = d_model / num_heads dimensions.")
class GPTBlock(_Block):
    def scale(self, q):
        return (q.shape[-1] * self.heads) ** -0.5


@reject("divided by d_h", "Divide by the ROOT of d_h.")
class GPTBlock(_Block):
    def scale(self, q):
        return 1 / q.shape[-1]


@reject(
    "heads cut out of the time axis",
    "view(N, H, T, d_h) cuts the TIME axis into heads. Split the last axis, view(N, T, H, d_h), then transpose(1, 2).",
)
class GPTBlock(_Block):
    def split(self, x):
        n, t, d = x.shape
        return x.reshape(n, self.heads, t, d // self.heads)


@reject(
    "heads interleaved",
    "Head h takes the numbers h·d_h … (h+1)·d_h - 1, neighbours: view(N, T, H, d_h), not view(N, T, d_h, H).",
)
class GPTBlock(_Block):
    def split(self, x):
        n, t, d = x.shape
        return x.view(n, t, d // self.heads, self.heads).permute(0, 3, 1, 2)


@reject(
    "merged without the transpose",
    "Heads and tokens are mixed on the way back: transpose(1, 2) first, then reshape to (N, T, d).",
)
class GPTBlock(_Block):
    def merge(self, heads):
        n, h, t, size = heads.shape
        return heads.reshape(n, t, h * size)


@reject(
    "q, k and v of each head together",
    "You read qkv head by head. The first d outputs are the queries of ALL heads, then the keys, then the values.",
)
class GPTBlock(_Block):
    def parts(self, x):
        n, t, d = x.shape
        return self.qkv(x).view(n, t, self.heads, 3, d // self.heads).permute(3, 0, 2, 1, 4)


@reject("queries and keys exchanged", "qkv holds queries, keys, values in this order; yours takes keys first.")
class GPTBlock(_Block):
    def parts(self, x):
        q, k, v = super().parts(x)
        return k, q, v


@reject("values first", "qkv holds queries, keys, values in this order; yours takes the values first.")
class GPTBlock(_Block):
    def parts(self, x):
        v, q, k = super().parts(x)
        return q, k, v


@reject("proj forgotten", "proj is missing: the heads must be mixed before they are added to the stream.")
class GPTBlock(_Block):
    def attention(self, x):
        q, k, v = self.parts(x)
        return self.merge(self.weights(q @ k.mT * self.scale(q)) @ v) + 0 * self.proj(x)


@reject("d_ff ignored", "d_ff of the caller has no effect: yours is always four times d_model.")
class GPTBlock(_Block):
    def __init__(self, d_model, num_heads, d_ff=None):
        super().__init__(d_model, num_heads)


@reject("d_ff is d_model by default", "Without d_ff the mlp is FOUR times as wide as the stream.")
class GPTBlock(_Block):
    def __init__(self, d_model, num_heads, d_ff=None):
        super().__init__(d_model, num_heads, d_ff or d_model)


@reject("qkv without bias", "All linear layers have biases here, qkv too.")
class GPTBlock(_Block):
    def __init__(self, d_model, num_heads, d_ff=None):
        super().__init__(d_model, num_heads, d_ff)
        self.qkv = nn.Linear(d_model, 3 * d_model, bias=False)


@reject("any number of heads", "Heads that do not divide d_model cannot share it evenly: raise ValueError in __init__.")
class GPTBlock(_Block):
    def __init__(self, d_model, num_heads, d_ff=None):
        super().__init__(d_model, 1, d_ff)
        self.heads = num_heads


@reject("another eps", "Both norms have nn.LayerNorm's own eps, 1e-5; you use another one.")
class GPTBlock(_Block):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.ln1.eps = self.ln2.eps = 1e-6


waive("GPTBlock._attention: k.transpose(-2, -1) → k.transpose(-1, -2)", "the same two axes change places")
waive("GPTBlock._attention: k.transpose(-2, -1) → k.transpose(2, -1)", "there are four axes: 2 is the last but one")
waive(
    "GPTBlock._attention: (weights @ v).transpose(1, 2) → (weights @ v).transpose(2, 1)",
    "the same two axes change places",
)
