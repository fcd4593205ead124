"""Other right ways to write attention with a cache, and the mistakes that people make."""

from __future__ import annotations

import math

import torch
from torch import nn

from tutor.checks import accept, reject, waive


class _Attention(nn.Module):
    """The parts, and each step as a method of its own, for variants that differ in one of them."""

    def __init__(self, d_model, num_heads, max_len):
        super().__init__()
        if d_model % num_heads != 0:
            raise ValueError("heads")
        self.num_heads, self.max_len = num_heads, max_len
        self.w_q, self.w_k, self.w_v, self.w_o = (nn.Linear(d_model, d_model) for _ in range(4))

    def split(self, x):
        n, t, d = x.shape
        return x.reshape(n, t, self.num_heads, d // self.num_heads).transpose(1, 2)

    def merge(self, x):
        return x.transpose(1, 2).flatten(2)

    def longer(self, cache, k, v):
        if cache is None:
            return k, v
        return torch.cat([cache["k"], k], 2), torch.cat([cache["v"], v], 2)

    def scale(self, q):
        return math.sqrt(q.shape[-1])

    def hidden(self, t, length):
        return torch.ones(t, length, dtype=torch.bool).triu(length - t + 1)

    def refuse(self, length, t):
        if length > self.max_len:
            raise ValueError("too long")

    def attend(self, q, k, v):
        scores = q @ k.mT / self.scale(q)
        hidden = self.hidden(*scores.shape[-2:]).to(q.device)
        return torch.softmax(scores.masked_fill(hidden, -math.inf), -1) @ v

    def forward(self, x, cache=None):
        q, k, v = (self.split(w(x)) for w in (self.w_q, self.w_k, self.w_v))
        k, v = self.longer(cache, k, v)
        self.refuse(k.shape[2], q.shape[2])
        return self.w_o(self.merge(self.attend(q, k, v))), {"k": k, "v": v}


@accept("old and new scores side by side")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        q, k, v = (self.split(w(x)) for w in (self.w_q, self.w_k, self.w_v))
        old = k[:, :, :0] if cache is None else cache["k"]
        old_v = v[:, :, :0] if cache is None else cache["v"]
        self.refuse(old.shape[2] + k.shape[2], 0)
        t = x.shape[1]
        new_scores = (q @ k.mT).masked_fill(torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1), -math.inf)
        w = (torch.cat([q @ old.mT, new_scores], -1) / self.scale(q)).softmax(-1)
        out = w[..., : old.shape[2]] @ old_v + w[..., old.shape[2] :] @ v
        return self.w_o(self.merge(out)), {"k": torch.cat([old, k], 2), "v": torch.cat([old_v, v], 2)}


@accept("one new token after the other")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        outs, cache = [], dict(cache or {})
        for token in x.split(1, dim=1):
            q, k, v = (self.split(w(token)) for w in (self.w_q, self.w_k, self.w_v))
            cache = {
                "k": torch.cat([cache["k"], k], 2) if cache else k,
                "v": torch.cat([cache["v"], v], 2) if cache else v,
            }
            self.refuse(cache["k"].shape[2], 1)
            weights = ((q @ cache["k"].mT) / self.scale(q)).softmax(-1)
            outs.append(self.merge(weights @ cache["v"]))
        return self.w_o(torch.cat(outs, 1)), cache


@reject(
    "the caller's dict changed",
    "You write into the caller's dict. Another text may grow out of it: return a dict of your own.",
)
class CachedAttention(_Attention):
    def longer(self, cache, k, v):
        k, v = super().longer(cache, k, v)
        if cache is not None:
            cache["k"], cache["v"] = k, v
        return k, v


@reject(
    "cached tensors changed in place",
    "You write into the tensors of the old cache, which another text may still need. Build new ones.",
)
class CachedAttention(_Attention):
    def longer(self, cache, k, v):
        k, v = super().longer(cache, k, v)
        if cache is not None:
            p = cache["k"].shape[2]
            with torch.no_grad():
                cache["k"].copy_(k[:, :, -p:])
                cache["v"].copy_(v[:, :, -p:])
        return k, v


@reject(
    "top-left mask",
    "Your mask aligns the first query with the first KEY, as is_causal does. The queries are the LAST T of P + T positions.",
)
class CachedAttention(_Attention):
    def hidden(self, t, length):
        return torch.ones(t, length, dtype=torch.bool).triu(1)


@reject("mask only without a cache", "A second piece of several tokens needs the causal mask as well, shifted by P.")
class CachedAttention(_Attention):
    def hidden(self, t, length):
        return (
            torch.ones(t, length, dtype=torch.bool).triu(1) if t == length else torch.zeros(t, length, dtype=torch.bool)
        )


@reject(
    "no mask among the new tokens",
    "In a prefill the new tokens see each other's future: they need the causal mask, too.",
)
class CachedAttention(_Attention):
    def hidden(self, t, length):
        return torch.zeros(t, length, dtype=torch.bool)


@reject("sees one token ahead", "Your mask is off by one: new token i stands at P + i and looks no further.")
class CachedAttention(_Attention):
    def hidden(self, t, length):
        return torch.ones(t, length, dtype=torch.bool).triu(length - t + 2)


@reject("does not see itself", "Your mask is off by one: a token looks at itself, too.")
class CachedAttention(_Attention):
    def hidden(self, t, length):
        return torch.ones(t, length, dtype=torch.bool).triu(length - t)


@reject("cache ignored", "The cached tokens are not attended to: the new ones see only each other.")
class CachedAttention(_Attention):
    def longer(self, cache, k, v):
        return k, v


@reject("new tokens in front", "The cached tokens come first: cat((cache, new)). Yours is the other way round.")
class CachedAttention(_Attention):
    def longer(self, cache, k, v):
        if cache is None:
            return k, v
        return torch.cat([k, cache["k"]], 2), torch.cat([v, cache["v"]], 2)


@reject("only the keys cached", "The values of the earlier tokens are needed as well.")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        out, new = super().forward(x, cache)
        return out, {"k": new["k"]}


@reject("queries cached", "Nobody asks an old query again: the cache holds keys and values, nothing else.")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        out, new = super().forward(x, cache)
        return out, new | {"q": self.split(self.w_q(x))}


@reject("cache of the new tokens only", "The new cache holds ALL tokens, P + T, not only the new ones.")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        out, new = super().forward(x, cache)
        return out, {name: value[:, :, -x.shape[1] :] for name, value in new.items()}


@reject("outputs of the whole text", "The output has the T new tokens only; the cached ones have no query.")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        out, new = super().forward(x, cache)
        p = new["k"].shape[2] - x.shape[1]
        return torch.cat([out.new_zeros(len(out), p, out.shape[-1]), out], 1), new


@reject(
    "a cache inside the module",
    "The module remembers the last call by itself: with cache=None a new text begins. State belongs to the caller.",
)
class CachedAttention(_Attention):
    kept = None

    def forward(self, x, cache=None):
        cache = self.kept if cache is None and self.kept is not None and len(self.kept["k"]) == len(x) else cache
        out, new = super().forward(x, cache)
        self.kept = {name: value.detach() for name, value in new.items()}
        return out, new


@reject("not scaled", "The scores are not divided by √d_h.")
class CachedAttention(_Attention):
    def scale(self, q):
        return 1.0


@reject("scaled by d_model", "You divide by √d_model. A head has d_h = d_model / num_heads dimensions.")
class CachedAttention(_Attention):
    def scale(self, q):
        return math.sqrt(q.shape[-1] * self.num_heads)


@reject(
    "heads cut out of the time axis",
    "view(N, H, T, d_h) cuts the TIME axis. Split the last axis, then transpose(1, 2).",
)
class CachedAttention(_Attention):
    def split(self, x):
        n, t, d = x.shape
        return x.reshape(n, self.num_heads, t, d // self.num_heads)


@reject("merged without the transpose", "Heads and tokens are mixed on the way back: transpose(1, 2), then reshape.")
class CachedAttention(_Attention):
    def merge(self, x):
        n, h, t, size = x.shape
        return x.reshape(n, t, h * size)


@reject("too long unnoticed", "P + T > max_len must raise ValueError.")
class CachedAttention(_Attention):
    def refuse(self, length, t):
        pass


@reject("only the new tokens counted", "max_len counts the cached tokens, too: P + T.")
class CachedAttention(_Attention):
    def refuse(self, length, t):
        if t > self.max_len:
            raise ValueError("too long")


@reject("max_len itself refused", "Exactly max_len tokens are allowed.")
class CachedAttention(_Attention):
    def refuse(self, length, t):
        if length >= self.max_len:
            raise ValueError("too long")


@reject("w_o forgotten", "The heads go through w_o at the end.")
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        q, k, v = (self.split(w(x)) for w in (self.w_q, self.w_k, self.w_v))
        k, v = self.longer(cache, k, v)
        self.refuse(k.shape[2], q.shape[2])
        return self.merge(self.attend(q, k, v)) + 0 * self.w_o(x), {"k": k, "v": v}


@reject(
    "cache detached", "The new cache is cut off from the graph: leave out .detach(), gradients flow through it, too."
)
class CachedAttention(_Attention):
    def forward(self, x, cache=None):
        out, new = super().forward(x, cache)
        return out, {name: value.detach() for name, value in new.items()}


@reject(
    "hidden scores are -10000",
    "Other scores may be lower than your -10000: the future wins there. Only -inf is below them all.",
)
class CachedAttention(_Attention):
    def attend(self, q, k, v):
        scores = q @ k.mT / self.scale(q)
        hidden = self.hidden(*scores.shape[-2:]).to(q.device)
        return torch.softmax(scores.masked_fill(hidden, -1e4), -1) @ v


waive("CachedAttention.forward: k.transpose(-2, -1) → k.transpose(-1, -2)", "the same two axes change places")
waive("CachedAttention.forward: k.transpose(-2, -1) → k.transpose(2, -1)", "there are four axes: 2 is the last but one")
waive(
    "CachedAttention.forward: (weights @ v).transpose(1, 2) → (weights @ v).transpose(2, 1)",
    "the same two axes change places",
)
waive(
    "CachedAttention._heads: x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) → "
    "x.unflatten(-1, (self.num_heads, -1)).transpose(2, 1)",
    "the same two axes change places",
)
