"""Other right ways to write the decoder block, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import nn

from tutor.checks import accept, reject
from tutor.mine import AddNorm, MultiHeadAttention, PositionWiseFFN


class Parts(nn.Module):
    """The parts, and the block in pieces; each variant overwrites what it does otherwise."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.self_attn = MultiHeadAttention(d_model, num_heads, dropout=dropout)
        self.cross_attn = MultiHeadAttention(d_model, num_heads, dropout=dropout)
        self.norm1, self.norm2, self.norm3 = (AddNorm(d_model, dropout) for _ in range(3))
        self.ffn = PositionWiseFFN(d_model, d_ff)

    def whole(self, y, cache):
        return y if cache is None else torch.cat([cache, y], 1)

    def back(self, y, cache):
        whole = self.whole(y, cache)
        return self.self_attn(y, whole, whole, causal=True)[0]

    def over(self, a, memory, memory_valid_len):
        return self.cross_attn(a, memory, memory, memory_valid_len)[0]

    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm1(y, self.back(y, cache))
        b = self.norm2(a, self.over(a, memory, memory_valid_len))
        return self.norm3(b, self.ffn(b)), self.whole(y, cache)


@accept("the cache is always a copy; no mask for a single token")
class DecoderBlock(Parts):
    def whole(self, y, cache):
        return y.clone() if cache is None else torch.cat((cache, y), dim=1)

    def back(self, y, cache):
        whole = self.whole(y, cache)
        return self.self_attn(y, whole, whole, None, y.shape[1] > 1)[0]


@accept("every position computed again, the newest kept")
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        whole = self.whole(y, cache)
        out, _ = super().forward(whole, memory, memory_valid_len)
        return out[:, -y.shape[1] :], whole


@accept("an empty cache to begin with, parts made one by one")
class DecoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        for i in (1, 2, 3):
            setattr(self, f"norm{i}", AddNorm(d_model, dropout))
        for name in ("self_attn", "cross_attn"):
            setattr(self, name, MultiHeadAttention(d_model, num_heads, True, dropout))
        self.ffn = PositionWiseFFN(d_model, d_ff)

    def forward(self, y, memory, memory_valid_len=None, cache=None):
        if cache is None:
            cache = y[:, :0]
        keys = torch.cat([cache, y], 1)
        y = self.norm1(y, self.self_attn(q=y, k=keys, v=keys, causal=True)[0])
        y = self.norm2(y, self.cross_attn(q=y, k=memory, v=memory, key_valid_len=memory_valid_len)[0])
        return self.norm3(y, self.ffn(y)), keys


@reject(
    "no causal mask with a cache",
    "With a cache you leave the causal mask out. That is right for one new token only: of two, the first sees the second.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        whole = self.whole(y, cache)
        return self.self_attn(y, whole, whole, causal=cache is None)[0]


@reject(
    "mask only in training",
    "You mask the future only while self.training. In evaluation several tokens may come at once as well: the prompt, or a loss on held-out data.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        whole = self.whole(y, cache)
        return self.self_attn(y, whole, whole, causal=self.training)[0]


@reject(
    "no causal mask",
    "Every token sees what comes after it: in training it would read its own answer. The self-attention needs causal=True.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        whole = self.whole(y, cache)
        return self.self_attn(y, whole, whole)[0]


@reject("cache without the new token", "The new token is missing among keys and values: it may see itself, too.")
class DecoderBlock(Parts):
    def back(self, y, cache):
        if cache is None:
            return super().back(y, cache)
        return self.self_attn(y, cache, cache)[0]


@reject(
    "causal mask off by one",
    "A position may not see itself in yours: the mask hides the diagonal as well. Position t sees 0 … t.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        whole = self.whole(y, cache)
        outs = []
        for t in range(y.shape[1]):
            seen = whole[:, : whole.shape[1] - y.shape[1] + t]
            seen = seen if seen.shape[1] else whole[:, :1]
            outs.append(self.self_attn(y[:, t : t + 1], seen, seen)[0])
        return torch.cat(outs, 1)


@reject(
    "one token of the future",
    "Your mask is off by one: each position also sees the next one, which is the token it has to predict.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        whole = self.whole(y, cache)
        first = whole.shape[1] - y.shape[1]
        outs = []
        for t in range(y.shape[1]):
            seen = whole[:, : first + t + 2]
            outs.append(self.self_attn(y[:, t : t + 1], seen, seen)[0])
        return torch.cat(outs, 1)


@reject(
    "new tokens lined up with the oldest keys",
    "With a cache your mask lets new token 1 see key 1 only, as if it stood at the beginning. The newest queries belong to the LAST keys.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        whole = self.whole(y, cache)
        outs = [self.self_attn(y[:, t : t + 1], whole[:, : t + 1], whole[:, : t + 1])[0] for t in range(y.shape[1])]
        return torch.cat(outs, 1)


@reject(
    "cache ignored",
    "The cache changes nothing in your result: each new token attends to itself only. Keys and values are cache and y.",
)
class DecoderBlock(Parts):
    def back(self, y, cache):
        return self.self_attn(y, y, y, causal=True)[0]


@reject(
    "cache behind the new tokens",
    "You put the cache AFTER the new tokens. Earlier positions come first: torch.cat([cache, y], dim=1).",
)
class DecoderBlock(Parts):
    def whole(self, y, cache):
        return y if cache is None else torch.cat([y, cache], 1)


@reject(
    "cache holds results",
    "The new cache holds the block's results. The next self-attention needs this block's INPUTS: cache followed by y.",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        out, _ = super().forward(y, memory, memory_valid_len, cache)
        return out, out if cache is None else torch.cat([cache, out], 1)


@reject(
    "cache holds what norm1 gave",
    "The new cache holds the vectors after norm1. Self-attention looks at the block's inputs: store y as it came.",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        out, _ = super().forward(y, memory, memory_valid_len, cache)
        return out, self.whole(self.norm1(y, self.back(y, cache)), cache)


@reject("cache holds the newest only", "The new cache forgets what was in the old one: it grows by T in every call.")
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        out, _ = super().forward(y, memory, memory_valid_len, cache)
        return out, y


@reject(
    "cache kept in the block",
    "The block remembers earlier calls by itself, so a new sentence begins in the middle of the old one. The cache comes and goes as an argument.",
)
class DecoderBlock(Parts):
    kept = None

    def forward(self, y, memory, memory_valid_len=None, cache=None):
        if self.kept is not None and self.kept.shape[::2] == y.shape[::2]:
            cache = self.kept
        out, self.kept = super().forward(y, memory, memory_valid_len, cache)
        return out, self.kept


@reject("only the result returned", "Two things are asked for: the result and the new cache.")
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        return super().forward(y, memory, memory_valid_len, cache)[0]


@reject(
    "memory not masked at prediction",
    "With a cache you drop the mask of the memory. The source is padded at prediction as well; only the causal mask becomes trivial, for single tokens.",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        return super().forward(y, memory, memory_valid_len if cache is None else None, cache)


@reject(
    "memory never masked",
    "Padding of the source leaks in: cross_attn was not given memory_valid_len.",
)
class DecoderBlock(Parts):
    def over(self, a, memory, memory_valid_len):
        return self.cross_attn(a, memory, memory)[0]


@reject(
    "source lengths given to the self-attention",
    "memory_valid_len counts real positions of the SOURCE; the self-attention got it and hides target tokens by it.",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        whole = self.whole(y, cache)
        a = self.norm1(y, self.self_attn(y, whole, whole, memory_valid_len, causal=True)[0])
        b = self.norm2(a, self.over(a, memory, memory_valid_len))
        return self.norm3(b, self.ffn(b)), whole


@reject(
    "keys and values from y",
    "The second attention looks at the target again. Its keys and values come from the encoder: memory.",
)
class DecoderBlock(Parts):
    def over(self, a, memory, memory_valid_len):
        return self.cross_attn(a, a, a)[0]


@reject(
    "queries from the memory",
    "Queries and keys of the second attention are exchanged: what is written asks, what was read answers.",
)
class DecoderBlock(Parts):
    def over(self, a, memory, memory_valid_len):
        return self.cross_attn(memory, a, a)[0][:, : a.shape[1]]


@reject(
    "cross-attention asked by y",
    "The second attention asks with y. It asks with what norm1 gave, which already knows what came before.",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm1(y, self.back(y, cache))
        b = self.norm2(a, self.over(y, memory, memory_valid_len))
        return self.norm3(b, self.ffn(b)), self.whole(y, cache)


@reject("causal cross-attention", "The source is all there: cross_attn needs no causal mask, only that for padding.")
class DecoderBlock(Parts):
    def over(self, a, memory, memory_valid_len):
        t, s = a.shape[1], memory.shape[1]
        outs = [
            self.cross_attn(a[:, i : i + 1], memory[:, : i + 1], memory[:, : i + 1],
                            None if memory_valid_len is None else memory_valid_len.clamp(max=i + 1))[0]
            for i in range(min(t, s))
        ]  # fmt: skip
        rest = [] if t <= s else [self.cross_attn(a[:, s:], memory, memory, memory_valid_len)[0]]
        return torch.cat(outs + rest, 1)


@reject(
    "one attention for both",
    "self_attn is used for the memory too. Looking back and looking over are two attentions with weights of their own.",
)
class DecoderBlock(Parts):
    def over(self, a, memory, memory_valid_len):
        return self.self_attn(a, memory, memory, memory_valid_len)[0]


@reject("no cross-attention", "The memory changes nothing in your result: the middle sub-layer is missing.")
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm1(y, self.back(y, cache))
        return self.norm3(a, self.ffn(a)), self.whole(y, cache)


@reject("memory first", "The order is: look back, then look at the memory. Yours begins with the memory.")
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm2(y, self.over(y, memory, memory_valid_len))
        whole = self.whole(a, cache)
        b = self.norm1(a, self.self_attn(a, whole, whole, causal=True)[0])
        return self.norm3(b, self.ffn(b)), self.whole(y, cache)


@reject(
    "residuals all from y",
    "Each sum starts from the norm before it; yours go back to y every time: norm1(y, …), norm2(a, …), norm3(b, …).",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm1(y, self.back(y, cache))
        b = self.norm2(y, self.over(a, memory, memory_valid_len))
        return self.norm3(y, self.ffn(b)), self.whole(y, cache)


@reject(
    "last residual from a",
    "The third sum starts from what norm1 gave, around two sub-layers. It starts from what norm2 gave: norm3(b, ffn(b)).",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm1(y, self.back(y, cache))
        b = self.norm2(a, self.over(a, memory, memory_valid_len))
        return self.norm3(a, self.ffn(b)), self.whole(y, cache)


@reject("one AddNorm for all three", "The three sub-layers share one AddNorm; each has a scale and a shift of its own.")
class DecoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.norm2 = self.norm3 = self.norm1


@reject("two AddNorms for three", "norm3 is missing: norm2 is used after the feed-forward network as well.")
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        a = self.norm1(y, self.back(y, cache))
        b = self.norm2(a, self.over(a, memory, memory_valid_len))
        return self.norm2(b, self.ffn(b)), self.whole(y, cache)


@reject(
    "no dropout in the cross-attention",
    "self_attn drops weights in training, cross_attn does not: it needs dropout=dropout as well.",
)
class DecoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.cross_attn = MultiHeadAttention(d_model, num_heads)


@reject(
    "no dropout in the attentions",
    "Neither attention drops weights: MultiHeadAttention takes the block's dropout by name, dropout=dropout.",
)
class DecoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.self_attn, self.cross_attn = (MultiHeadAttention(d_model, num_heads) for _ in range(2))


@reject(
    "drops in evaluation",
    "Your block drops activations in evaluation too. The parts listen to eval(): leave it to them.",
)
class DecoderBlock(Parts):
    def forward(self, y, memory, memory_valid_len=None, cache=None):
        self.train()
        return super().forward(y, memory, memory_valid_len, cache)


@reject(
    "memory detached",
    "No gradient reaches the memory, so the encoder would never learn. Do not detach it.",
)
class DecoderBlock(Parts):
    def over(self, a, memory, memory_valid_len):
        memory = memory.detach()
        return self.cross_attn(a, memory, memory, memory_valid_len)[0]
