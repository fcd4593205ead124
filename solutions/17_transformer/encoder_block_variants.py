"""Other right ways to write the encoder block, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import nn

from tutor.checks import accept, reject
from tutor.mine import AddNorm, MultiHeadAttention, PositionWiseFFN


class Parts(nn.Module):
    """The parts, and the block in two halves; each variant overwrites what it does otherwise."""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.self_attn = MultiHeadAttention(d_model, num_heads, dropout=dropout)
        self.norm1, self.norm2 = AddNorm(d_model, dropout), AddNorm(d_model, dropout)
        self.ffn = PositionWiseFFN(d_model, d_ff)

    def attend(self, x, valid_len):
        return self.self_attn(x, x, x, valid_len)[0]

    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.attend(x, valid_len))
        return self.norm2(h, self.ffn(h))


@accept("parts by name, one expression")
class EncoderBlock(nn.Module):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__()
        self.add_module("norm2", AddNorm(d_model, dropout))
        self.add_module("norm1", AddNorm(d_model, dropout=dropout))
        self.ffn = PositionWiseFFN(d_model=d_model, d_ff=d_ff)
        self.self_attn = MultiHeadAttention(d_model, num_heads, True, dropout)

    def forward(self, x, valid_len=None):
        x = self.norm1(x, self.self_attn(q=x, k=x, v=x, key_valid_len=valid_len)[0])
        return self.norm2(x, self.ffn(x))


@accept("valid_len is always a tensor")
class EncoderBlock(Parts):
    def attend(self, x, valid_len):
        if valid_len is None:
            valid_len = torch.full((x.shape[0],), x.shape[1], device=x.device)
        return self.self_attn(x, x, x, valid_len)[0]


@accept("padded positions set to zero in the result")
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        out = super().forward(x, valid_len)
        if valid_len is not None:
            out = out.masked_fill((torch.arange(x.shape[1], device=x.device) >= valid_len[:, None])[..., None], 0.0)
        return out


@reject(
    "one AddNorm for both",
    "Both sub-layers use one AddNorm, so they share scale and shift. Make two objects: norm1 and norm2.",
)
class EncoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.norm2 = self.norm1


@reject(
    "norm1 used twice", "norm1 follows the attention, norm2 the feed-forward network; yours calls norm1 both times."
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.attend(x, valid_len))
        return self.norm1(h, self.ffn(h))


@reject("norms the wrong way round", "norm1 belongs to the attention, norm2 to the feed-forward network.")
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm2(x, self.attend(x, valid_len))
        return self.norm1(h, self.ffn(h))


@reject(
    "feed-forward network first",
    "The feed-forward network came before the attention. The order: attention, add & norm, ffn, add & norm.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.ffn(x))
        return self.norm2(h, self.attend(h, valid_len))


@reject(
    "second residual from x",
    "The second sum starts from the block's input. It starts from what norm1 gave: norm2(h, ffn(h)).",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.attend(x, valid_len))
        return self.norm2(x, self.ffn(h))


@reject(
    "ffn fed with x", "The feed-forward network works on what norm1 gave, not on the block's input: norm2(h, ffn(h))."
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.attend(x, valid_len))
        return self.norm2(h, self.ffn(x))


@reject(
    "ffn fed with the attention's output",
    "The feed-forward network got the attention's bare output. Add & norm come first: h = norm1(x, attention).",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        out = self.attend(x, valid_len)
        return self.norm2(self.norm1(x, out), self.ffn(out))


@reject(
    "valid_len not passed on",
    "Padding leaks into every position: valid_len arrives in forward, and the attention never hears of it.",
)
class EncoderBlock(Parts):
    def attend(self, x, valid_len):
        return self.self_attn(x, x, x)[0]


@reject(
    "causal attention",
    "Your positions do not see what comes after them. In the encoder everything real is visible; causal is the decoder's.",
)
class EncoderBlock(Parts):
    def attend(self, x, valid_len):
        return self.self_attn(x, x, x, valid_len, True)[0]


@reject(
    "no residual around the attention",
    "norm1 got the attention's output alone: without x in the sum nothing carries the input past the attention.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(torch.zeros_like(x), self.attend(x, valid_len))
        return self.norm2(h, self.ffn(h))


@reject(
    "no residual around the ffn",
    "norm2 got the feed-forward network's output alone. It adds and normalises: norm2(h, ffn(h)).",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.attend(x, valid_len))
        return self.norm2(torch.zeros_like(h), self.ffn(h))


@reject(
    "residual twice",
    "The input was added by hand, and AddNorm added it again: norm1(x, attention) already holds the sum.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, x + self.attend(x, valid_len))
        return self.norm2(h, h + self.ffn(h))


@reject(
    "arguments of AddNorm exchanged",
    "norm(sublayer, x) instead of norm(x, sublayer): the dropout then falls on the way around, not on what was computed.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(self.attend(x, valid_len), x)
        return self.norm2(self.ffn(h), h)


@reject(
    "norm before the sub-layers",
    "You normalise before attention and feed-forward network: that is pre-norm. This block is post-norm, as in 2017.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        a = self.norm1.norm(x)
        h = x + self.norm1.dropout(self.attend(a, valid_len))
        return h + self.norm2.dropout(self.ffn(self.norm2.norm(h)))


@reject(
    "two feed-forward networks",
    "The block has ONE position-wise feed-forward network, which consists of two linear layers; yours runs it twice.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        h = self.norm1(x, self.attend(x, valid_len))
        return self.norm2(h, self.ffn(self.ffn(h)))


@reject("the weights instead of the output", "The attention returns (output, weights): yours went on with the weights.")
class EncoderBlock(Parts):
    def attend(self, x, valid_len):
        return self.self_attn(x, x, x, valid_len)[1].mean(1)


@reject(
    "the tuple not unpacked",
    "The attention returns two things, output and weights, and AddNorm was given both: out, _ = self.self_attn(…).",
)
class EncoderBlock(Parts):
    def attend(self, x, valid_len):
        return self.self_attn(x, x, x, valid_len)


@reject(
    "no dropout on the attention weights",
    "The dropout never reached the attention: MultiHeadAttention takes it by name, dropout=dropout.",
)
class EncoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.self_attn = MultiHeadAttention(d_model, num_heads)


@reject(
    "dropout taken for bias",
    "The third argument of MultiHeadAttention is bias, so your dropout switched the biases. Give it by name: dropout=dropout.",
)
class EncoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.self_attn = MultiHeadAttention(d_model, num_heads, dropout)


@reject("no dropout in the norms", "Both AddNorms take the dropout as well: AddNorm(d_model, dropout).")
class EncoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.norm1, self.norm2 = AddNorm(d_model), AddNorm(d_model)


@reject(
    "d_ff ignored",
    "The feed-forward network is d_ff wide inside, as the caller asks; 4·d_model is only what the paper chose.",
)
class EncoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.ffn = PositionWiseFFN(d_model, 4 * d_model)


@reject("num_heads ignored", "Your attention has one head, whatever num_heads says.")
class EncoderBlock(Parts):
    def __init__(self, d_model, num_heads, d_ff, dropout=0.0):
        super().__init__(d_model, num_heads, d_ff, dropout)
        self.self_attn = MultiHeadAttention(d_model, 1, dropout=dropout)


@reject(
    "drops in evaluation",
    "Your block drops activations in evaluation too: it never listens to eval(). Leave the switch to the parts.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        self.train()
        return super().forward(x, valid_len)


@reject(
    "sum written into x",
    "`x += …` writes into the caller's tensor, which the layer before still needs. Make a new one.",
)
class EncoderBlock(Parts):
    def forward(self, x, valid_len=None):
        out = self.attend(x, valid_len)
        with torch.no_grad():
            x += out
        h = self.norm1(x, torch.zeros_like(out))
        return self.norm2(h, self.ffn(h))
