"""Other right ways to write multi-head attention, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject, waive


class Base(nn.Module):
    """Right, with four axes and a mask; each variant overwrites what it does otherwise."""

    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        super().__init__()
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.h, self.p = num_heads, dropout
        for name in ("w_q", "w_k", "w_v", "w_o"):
            setattr(self, name, nn.Linear(d_model, d_model, bias=bias))

    def forward(self, q, k, v, key_valid_len=None, causal=False):
        q, k, v = self.project(q, k, v)
        q, k, v = self.split(q), self.split(k), self.split(v)
        allowed = self.allowed(q, k, key_valid_len, causal)
        weights = self.weights(q @ k.transpose(-2, -1) / self.scale(q), allowed)
        heads = self.drop(weights) @ v
        return self.out(self.merge(heads)), self.shown(weights)

    def project(self, q, k, v):
        return self.w_q(q), self.w_k(k), self.w_v(v)

    def split(self, x):
        n, t, d = x.shape
        return x.reshape(n, t, self.h, d // self.h).transpose(1, 2)

    def merge(self, x):
        n, h, t, d = x.shape
        return x.transpose(1, 2).reshape(n, t, h * d)

    def scale(self, q):
        return q.shape[-1] ** 0.5

    def allowed(self, q, k, key_valid_len, causal):
        n, _, q_len, _ = q.shape
        allowed = torch.ones(n, 1, q_len, k.shape[2], dtype=torch.bool, device=q.device)
        if key_valid_len is not None:
            allowed = allowed & self.valid(k, key_valid_len)
        return allowed & self.past(q_len, k.shape[2]).to(q.device) if causal else allowed

    def valid(self, k, key_valid_len):
        return torch.arange(k.shape[2], device=k.device) < key_valid_len[:, None, None, None]

    def past(self, q_len, k_len):
        if q_len > k_len:
            raise ValueError("more queries than keys")
        return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len)

    def weights(self, scores, allowed):
        scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        return scores.softmax(-1).masked_fill(~allowed, 0)

    def drop(self, weights):
        return F.dropout(weights, self.p, self.training)

    def out(self, x):
        return self.w_o(x)

    def shown(self, weights):
        return weights


@accept("four axes and a boolean mask")
class MultiHeadAttention(Base):
    pass


@accept("einsum, the layers of dropout and projections as modules")
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        super().__init__()
        self.d_head, rest = divmod(d_model, num_heads)
        if rest:
            raise ValueError(f"d_model={d_model} is no multiple of num_heads={num_heads}")
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model, bias=bias) for _ in range(4))
        self.dropout = nn.Dropout(dropout)

    def forward(self, q, k, v, key_valid_len=None, causal=False):
        q, k, v = (w(x).unflatten(-1, (-1, self.d_head)) for w, x in ((self.w_q, q), (self.w_k, k), (self.w_v, v)))
        scores = torch.einsum("nqhd,nkhd->nhqk", q, k) / self.d_head**0.5
        forbidden = torch.zeros(scores.shape, dtype=torch.bool, device=scores.device)
        place = torch.arange(k.shape[1], device=k.device)
        if key_valid_len is not None:
            forbidden |= place >= key_valid_len.view(-1, 1, 1, 1)
        if causal:
            if q.shape[1] > k.shape[1]:
                raise ValueError("the queries must be among the keys")
            forbidden |= place > place[k.shape[1] - q.shape[1] :, None]
        weights = torch.nan_to_num(scores.masked_fill(forbidden, float("-inf")).softmax(-1))
        heads = torch.einsum("nhqk,nkhd->nqhd", self.dropout(weights), v)
        return self.w_o(heads.flatten(2)), weights


@accept("chunks of the width, stacked along the batch")
class MultiHeadAttention(Base):
    def forward(self, q, k, v, key_valid_len=None, causal=False):
        n, h = len(q), self.h
        q, k, v = (torch.cat(w(x).chunk(h, -1)) for w, x in ((self.w_q, q), (self.w_k, k), (self.w_v, v)))
        allowed = self.allowed(q[:n, None], k[:n, None], key_valid_len, causal)[:, 0].repeat(h, 1, 1)
        weights = self.weights(q @ k.mT * q.shape[-1] ** -0.5, allowed)
        heads = torch.cat((self.drop(weights) @ v).chunk(h), -1)
        return self.w_o(heads), weights.unflatten(0, (h, n)).transpose(0, 1)


@reject(
    "view without transposing",
    "That cuts the TIME axis: a head gets some positions with all columns. Cut the last axis, (N, T, heads, d_head), then "
    "transpose(1, 2).",
)
class MultiHeadAttention(Base):
    def split(self, x):
        n, t, d = x.shape
        return x.reshape(n, self.h, t, d // self.h)


@reject(
    "merged without transposing",
    "Heads and positions got mixed when the heads were put together: transpose (heads, T) back to (T, heads) before reshape.",
)
class MultiHeadAttention(Base):
    def merge(self, x):
        n, h, t, d = x.shape
        return x.reshape(n, t, h * d)


@reject(
    "columns dealt out in turn",
    "A head owns a block of neighbouring columns: split the last axis into (heads, d_head). You split it into (d_head, heads), "
    "so head 0 has columns 0, h, 2h, …",
)
class MultiHeadAttention(Base):
    def split(self, x):
        n, t, d = x.shape
        return x.reshape(n, t, d // self.h, self.h).permute(0, 3, 1, 2)

    def merge(self, x):
        n, h, t, d = x.shape
        return x.permute(0, 2, 3, 1).reshape(n, t, h * d)


@reject(
    "merged in another column order",
    "The heads are put together column by column instead of block by block: (N, T, heads, d_head), then reshape.",
)
class MultiHeadAttention(Base):
    def merge(self, x):
        n, h, t, d = x.shape
        return x.permute(0, 2, 3, 1).reshape(n, t, h * d)


@reject(
    "scaled by the whole width",
    "You divide by the root of d_model. Each head's dot products have d_model / num_heads terms: divide by the root of that.",
)
class MultiHeadAttention(Base):
    def scale(self, q):
        return (q.shape[-1] * self.h) ** 0.5


@reject(
    "not scaled", "The scores are not divided by the root of d_head; they grow with the width, and softmax saturates."
)
class MultiHeadAttention(Base):
    def scale(self, q):
        return 1.0


@reject("divided by d_head itself", "Divide by the ROOT of d_head: that is the size of a dot product of d_head terms.")
class MultiHeadAttention(Base):
    def scale(self, q):
        return q.shape[-1]


@reject(
    "w_q for queries, keys and values",
    "All three went through w_q. Query, key and value have a projection each, also where they come from the same tokens.",
)
class MultiHeadAttention(Base):
    def project(self, q, k, v):
        return self.w_q(q), self.w_q(k), self.w_q(v)


@reject("keys projected by w_q", "The keys went through w_q. They have their own projection, w_k.")
class MultiHeadAttention(Base):
    def project(self, q, k, v):
        return self.w_q(q), self.w_q(k), self.w_v(v)


@reject("values not projected", "The values were not projected: w_v(v) is what the heads hand on.")
class MultiHeadAttention(Base):
    def project(self, q, k, v):
        return self.w_q(q), self.w_k(k), v


@reject(
    "keys and values swapped",
    "Keys are compared with the queries, values are averaged; you have the two arguments the wrong way round.",
)
class MultiHeadAttention(Base):
    def project(self, q, k, v):
        return self.w_q(q), self.w_k(v), self.w_v(k)


@reject("values taken from k", "The values come from v, through w_v; you used k for both.")
class MultiHeadAttention(Base):
    def project(self, q, k, v):
        return self.w_q(q), self.w_k(k), self.w_v(k)


@reject(
    "everything computed from q",
    "Keys and values were computed from q. That is right for self-attention only: a decoder asks with its own q and gets k, v "
    "from the encoder.",
)
class MultiHeadAttention(Base):
    def project(self, q, k, v):
        return self.w_q(q), self.w_k(q), self.w_v(q)


@reject("w_o not applied", "The heads were put together, but w_o is missing: without it no head learns of another.")
class MultiHeadAttention(Base):
    def out(self, x):
        return x


@reject(
    "no w_o at all", "There is a fourth matrix: w_o mixes the heads after they were put together. 4d² weights in all."
)
class MultiHeadAttention(Base):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        super().__init__(d_model, num_heads, bias, dropout)
        self.w_o = None

    def out(self, x):
        return x


@reject(
    "lengths repeated in the wrong order",
    "The lengths were repeated as a, b, a, b; with heads folded into the batch all heads of sample 0 come first: "
    "repeat_interleave(num_heads, dim=0).",
)
class MultiHeadAttention(Base):
    def valid(self, k, key_valid_len):
        lengths = key_valid_len.repeat(self.h).view(len(k), self.h, 1, 1)
        return torch.arange(k.shape[2], device=k.device) < lengths


@reject("lengths applied to one head", "Only the first head knew of the padding. Every head gets the mask.")
class MultiHeadAttention(Base):
    def valid(self, k, key_valid_len):
        free = torch.zeros(1, self.h, 1, 1, dtype=torch.bool, device=k.device)
        free[:, 1:] = True
        return super().valid(k, key_valid_len) | free


@reject(
    "lengths ignored when causal",
    "With causal=True you forget key_valid_len. A key must be valid AND not later than the query.",
)
class MultiHeadAttention(Base):
    def allowed(self, q, k, key_valid_len, causal):
        return super().allowed(q, k, None if causal else key_valid_len, causal)


@reject("lengths ignored", "key_valid_len was ignored: padding takes part of the attention.")
class MultiHeadAttention(Base):
    def valid(self, k, key_valid_len):
        return torch.ones((), dtype=torch.bool, device=k.device)


@reject(
    "mask the wrong way round",
    "You look at exactly the padding. In this course True means may attend; PyTorch's key_padding_mask is the opposite.",
)
class MultiHeadAttention(Base):
    def valid(self, k, key_valid_len):
        return ~super().valid(k, key_valid_len)


@reject("one key too many", "Keys 0 … len - 1 are valid: compare with <, not <=.")
class MultiHeadAttention(Base):
    def valid(self, k, key_valid_len):
        return torch.arange(k.shape[2], device=k.device) <= key_valid_len[:, None, None, None]


@reject(
    "mask 0 instead of minus infinity",
    "Masked scores were set to 0, and exp(0) = 1 is a real share. They must be minus infinity (or the dtype's lowest number).",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        return scores.masked_fill(~allowed, 0).softmax(-1)


@reject(
    "masked after the softmax",
    "Weights were set to 0 after the softmax, so that the rest no longer sums to 1. Mask the SCORES.",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        return scores.softmax(-1) * allowed


@reject(
    "NaN where nothing may be looked at",
    "A row of scores that are all minus infinity has softmax NaN. A query without valid keys has weights 0.",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        return scores.masked_fill(~allowed, float("-inf")).softmax(-1)


@reject(
    "even weights where nothing may be looked at",
    "A query without any valid key attends to all of them evenly, padding included. Its weights are 0.",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        return scores.masked_fill(~allowed, torch.finfo(scores.dtype).min).softmax(-1)


@reject("softmax over the queries", "The weights of each QUERY sum to 1: softmax over the last axis, the keys.")
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        return scores.softmax(-2).masked_fill(~allowed, 0)


@reject("softmax over the heads", "Heads do not compete: each has its own softmax over the keys, the last axis.")
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        scores = scores.masked_fill(~allowed, torch.finfo(scores.dtype).min)
        return scores.softmax(1).masked_fill(~allowed, 0)


@reject(
    "causal ignored with lengths",
    "With key_valid_len given you forget causal. A key must be valid AND not later than the query.",
)
class MultiHeadAttention(Base):
    def allowed(self, q, k, key_valid_len, causal):
        return super().allowed(q, k, key_valid_len, causal and key_valid_len is None)


@reject("causal ignored", "causal=True changed nothing: queries still look at keys later than their own position.")
class MultiHeadAttention(Base):
    def past(self, q_len, k_len):
        if q_len > k_len:
            raise ValueError("more queries than keys")
        return torch.ones(q_len, k_len, dtype=torch.bool)


@reject("looks ahead only", "The triangle is upside down (triu): a query may look BACK, and at itself, not ahead.")
class MultiHeadAttention(Base):
    def past(self, q_len, k_len):
        if q_len > k_len:
            raise ValueError("more queries than keys")
        return torch.ones(q_len, k_len, dtype=torch.bool).triu(k_len - q_len)


@reject("sees the next token", "Off by one: a query sees its own position, but not the next one; that is the answer.")
class MultiHeadAttention(Base):
    def past(self, q_len, k_len):
        if q_len > k_len:
            raise ValueError("more queries than keys")
        return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len + 1)


@reject("does not see itself", "Off by one: a query may look at its own position as well as at those before it.")
class MultiHeadAttention(Base):
    def past(self, q_len, k_len):
        if q_len > k_len:
            raise ValueError("more queries than keys")
        return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len - 1)


@reject(
    "triangle at the top left",
    "With more keys than queries your first query sees key 0 only. The queries are the LAST positions: the triangle ends at "
    "the bottom right, tril(K - Q).",
)
class MultiHeadAttention(Base):
    def past(self, q_len, k_len):
        if q_len > k_len:
            raise ValueError("more queries than keys")
        return torch.ones(q_len, k_len, dtype=torch.bool).tril()


@reject(
    "either mask is enough",
    "A key that passes one of the masks is not enough: it must be valid AND not later than the query.",
)
class MultiHeadAttention(Base):
    def allowed(self, q, k, key_valid_len, causal):
        if key_valid_len is None or not causal:
            return super().allowed(q, k, key_valid_len, causal)
        return self.valid(k, key_valid_len) | self.past(q.shape[2], k.shape[2]).to(k.device)


@reject("dropout in evaluation", "Attention weights were dropped in evaluation: pass self.training.")
class MultiHeadAttention(Base):
    def drop(self, weights):
        return F.dropout(weights, self.p)


@reject("never drops", "In training no attention weight is dropped: dropout has to act on the weights.")
class MultiHeadAttention(Base):
    def drop(self, weights):
        return weights


@reject(
    "dropout on the output",
    "You dropped elements of the output. Dropout acts on the attention weights, before they average the values.",
)
class MultiHeadAttention(Base):
    def drop(self, weights):
        return weights

    def merge(self, x):
        return F.dropout(super().merge(x), self.p, self.training)


@reject(
    "dropout before the softmax",
    "You dropped scores. A score of 0 is no missing weight: softmax first, then dropout on the weights.",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        return super().weights(F.dropout(scores, self.p, self.training), allowed)

    def drop(self, weights):
        return weights


@reject(
    "dropped weights returned",
    "The weights that you return have been through dropout. Return them as softmax gave them.",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        return F.dropout(super().weights(scores, allowed), self.p, self.training)

    def drop(self, weights):
        return weights


@reject("not scaled after dropping", "Kept weights are divided by 1 - p, as in any dropout.")
class MultiHeadAttention(Base):
    def drop(self, weights):
        return weights * (torch.rand_like(weights) >= self.p) if self.training else weights


@reject(
    "weights averaged over the heads",
    "You return one map for all heads, as PyTorch does unless average_attn_weights=False. Return (N, heads, Q, K).",
)
class MultiHeadAttention(Base):
    def shown(self, weights):
        return weights.mean(1)


@reject("weights with heads in the batch", "The weights have shape (N·heads, Q, K): split that axis, (N, heads, Q, K).")
class MultiHeadAttention(Base):
    def shown(self, weights):
        return weights.flatten(0, 1)


@reject(
    "weights of heads and samples mixed",
    "The weights have the right shape, but (N·heads, Q, K) was cut as (heads, N): the heads of a sample stand together.",
)
class MultiHeadAttention(Base):
    def shown(self, weights):
        n, h, q, k = weights.shape
        return weights.reshape(h, n, q, k).transpose(0, 1)


@reject(
    "one head of full width",
    "This is one attention over all columns, repeated: cut the width so that each head has its own columns and softmax.",
)
class MultiHeadAttention(Base):
    def split(self, x):
        return x[:, None]

    def shown(self, weights):
        return weights.expand(-1, self.h, -1, -1)


@reject(
    "every head with the full width",
    "Your layers are d_model → num_heads · d_model. The heads SHARE the width, d_head = d_model / num_heads: 4d² in all.",
)
class MultiHeadAttention(Base):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        super().__init__(d_model, num_heads, bias, dropout)
        wide = d_model * num_heads
        self.w_q, self.w_k, self.w_v = (nn.Linear(d_model, wide, bias=bias) for _ in range(3))
        self.w_o = nn.Linear(wide, d_model, bias=bias)


@reject(
    "layers in a Python list",
    "The layer has no parameters named w_q, … : nn.Module finds layers that are attributes, not those in a Python list.",
)
class MultiHeadAttention(Base):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        nn.Module.__init__(self)
        if d_model % num_heads:
            raise ValueError("d_model must be a multiple of num_heads")
        self.h, self.p = num_heads, dropout
        self.layers = [nn.Linear(d_model, d_model, bias=bias) for _ in range(4)]

    def project(self, q, k, v):
        return tuple(layer(x) for layer, x in zip(self.layers, (q, k, v), strict=False))

    def out(self, x):
        return self.layers[3](x)


@reject("bias ignored", "With bias=False none of the four layers has a bias.")
class MultiHeadAttention(Base):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        super().__init__(d_model, num_heads, True, dropout)


@reject("bias of w_o ignored", "With bias=False w_o has none either.")
class MultiHeadAttention(Base):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        super().__init__(d_model, num_heads, bias, dropout)
        self.w_o = nn.Linear(d_model, d_model)


@reject(
    "width not checked",
    "Heads that cannot share d_model evenly were accepted. Raise ValueError unless d_model % num_heads is 0.",
)
class MultiHeadAttention(Base):
    def __init__(self, d_model, num_heads, bias=True, dropout=0.0):
        nn.Module.__init__(self)
        self.h, self.p = num_heads, dropout
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model, bias=bias) for _ in range(4))


@reject(
    "more queries than keys accepted",
    "Causal attention with more queries than keys leaves rows that see nothing. Raise ValueError: queries are positions too.",
)
class MultiHeadAttention(Base):
    def past(self, q_len, k_len):
        return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len)


@reject(
    "mask in float32",
    "Something turned the half-precision numbers into float32: the mask or helper tensor must take the dtype of the scores.",
)
class MultiHeadAttention(Base):
    def weights(self, scores, allowed):
        fill = torch.zeros(allowed.shape, device=scores.device).masked_fill(~allowed, -1e30)
        return (scores + fill).softmax(-1) * allowed


@reject(
    "weights without a gradient",
    "The weights you return are cut off from the graph (detach): a loss on them could not learn.",
)
class MultiHeadAttention(Base):
    def shown(self, weights):
        return weights.detach()


@reject(
    "one head after the other",
    "The numbers are right, but the heads are computed one by one in a loop. Let them be one more axis, or further samples.",
)
class MultiHeadAttention(Base):
    def forward(self, q, k, v, key_valid_len=None, causal=False):
        n, q_len, k_len = len(q), q.shape[1], k.shape[1]
        outputs, maps = [], []
        q, k, v = self.project(q, k, v)
        allowed = self.allowed(q.view(n, 1, q_len, -1), k.view(n, 1, k_len, -1), key_valid_len, causal)[:, 0]
        for a, b, c in zip(*(x.chunk(self.h, -1) for x in (q, k, v)), strict=True):
            weights = self.weights(a @ b.transpose(1, 2) / self.scale(a), allowed)
            outputs.append(self.drop(weights) @ c)
            maps.append(weights)
        return self.w_o(torch.cat(outputs, -1)), torch.stack(maps, 1)


waive("MultiHeadAttention._split: cut.transpose(1, 2) → cut.transpose(2, 1)", "the same two axes change places")
waive("MultiHeadAttention._merge: apart.transpose(1, 2) → apart.transpose(2, 1)", "the same two axes change places")
waive(
    "_lengths: torch.minimum(seen, key_valid_len[:, None]) → torch.minimum(key_valid_len[:, None], seen)",
    "the smaller of two numbers has no order",
)
waive(
    "_lengths: torch.arange(k_len - q_len + 1, k_len + 1, device=q.device) → torch.arange(k_len - q_len + 1, k_len + 1)",
    "on the CPU, where mutants are tried, that is the same device",
)
