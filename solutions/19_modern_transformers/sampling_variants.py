"""Other right ways to filter and to draw, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject, waive

INF = float("inf")


def _top_k(z, k):
    """Exactly k of each row, the lower index first among equals."""
    order = z.argsort(dim=-1, descending=True, stable=True)
    rank = order.argsort(-1)
    return z.masked_fill(rank >= k, -INF)


def _top_p(z, p):
    if p >= 1:
        return z
    order = z.argsort(dim=-1, descending=True, stable=True)
    s = z.gather(-1, order).softmax(-1)
    drop = (s.cumsum(-1) - s) >= p
    drop[..., 0] = False
    return z.masked_fill(torch.empty_like(drop).scatter_(-1, order, drop), -INF)


def _filter(z, temperature, top_k, top_p, k_filter=_top_k, p_filter=_top_p):
    if temperature == 0:
        return _top_k(z, 1)
    z = z / temperature
    if top_k is not None:
        z = k_filter(z, top_k)
    return z if top_p is None else p_filter(z, top_p)


@accept("ranks instead of a scatter, one filter after the other")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    return _filter(logits, temperature, top_k, top_p)


@accept("row by row in Python")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    out = torch.full_like(logits, -INF)
    for n in range(len(logits)):
        z = logits[n] if temperature == 0 else logits[n] / temperature
        order = sorted(range(len(z)), key=lambda i: (-float(z[i]), i))
        order = order[:1] if temperature == 0 else order[:top_k]
        if temperature != 0 and top_p is not None and top_p < 1:
            p, total, last = z[order].softmax(-1).tolist(), 0.0, 0
            while last < len(p) and (total < top_p or last == 0):
                total, last = total + p[last], last + 1
            order = order[:last]
        out[n, order] = z[order]
    return out


@accept("Gumbel noise and argmax")
def sample(logits, generator, **kw):
    z = filter_logits(logits, **kw)  # noqa: F821
    u = torch.rand(z.shape, generator=generator, device=z.device, dtype=z.dtype).clamp(min=1e-30)
    return (z - torch.log(-torch.log(u))).argmax(-1)


@accept("inverse of the cumulative distribution")
def sample(logits, generator, **kw):
    c = filter_logits(logits, **kw).softmax(-1).double().cumsum(-1)  # noqa: F821
    u = torch.rand(len(c), 1, generator=generator, device=c.device, dtype=c.dtype) * c[:, -1:]
    return (c <= u).sum(-1)


@reject(
    "the token that crosses p is dropped",
    "Your set adds up to less than p: the token that reaches p belongs to it. Ask for the sum BEFORE each token.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def p_filter(z, p):
        order = z.argsort(dim=-1, descending=True, stable=True)
        drop = (z.gather(-1, order).softmax(-1).cumsum(-1) > p) & (p < 1)
        drop[..., 0] = False
        return z.masked_fill(torch.empty_like(drop).scatter_(-1, order, drop), -INF)

    return _filter(logits, temperature, top_k, top_p, p_filter=p_filter)


@reject(
    "one token too many when p is reached exactly",
    "When the likeliest tokens reach p exactly, that is enough: a token stays only if the sum before it is LESS than p.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def p_filter(z, p):
        order = z.argsort(dim=-1, descending=True, stable=True)
        s = z.gather(-1, order).softmax(-1)
        drop = ((s.cumsum(-1) - s) > p) & (p < 1)
        return z.masked_fill(torch.empty_like(drop).scatter_(-1, order, drop), -INF)

    return _filter(logits, temperature, top_k, top_p, p_filter=p_filter)


@reject(
    "mask not scattered back",
    "Your mask is in sorted order, the logits are not: bring it back to the vocabulary with scatter(-1, order, mask).",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def p_filter(z, p):
        s = z.sort(-1, descending=True).values.softmax(-1)
        return z.masked_fill(((s.cumsum(-1) - s) >= p) & (p < 1), -INF)

    return _filter(logits, temperature, top_k, top_p, p_filter=p_filter)


@reject(
    "gather where scatter is needed",
    "mask.gather(-1, order) sorts the mask once more. To undo a sort, write to the places it came from: scatter.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def p_filter(z, p):
        order = z.argsort(dim=-1, descending=True, stable=True)
        s = z.gather(-1, order).softmax(-1)
        drop = (((s.cumsum(-1) - s) >= p) & (p < 1)).gather(-1, order)
        return z.masked_fill(drop, -INF)

    return _filter(logits, temperature, top_k, top_p, p_filter=p_filter)


@reject("returned in sorted order", "The logits come back sorted. Column v must still belong to token v.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    return _filter(logits, temperature, top_k, top_p).sort(-1, descending=True).values


@reject(
    "temperature after the filter",
    "top-p saw the logits before the temperature. The order is temperature, top-k, top-p.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return _top_k(logits, 1)
    return _filter(logits, 1.0, top_k, top_p) / temperature


@reject(
    "top-p before top-k",
    "Your top-p adds up the probabilities that tokens had before top-k. It takes the softmax of what top-k has left.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return _top_k(logits, 1)
    z = _filter(logits, temperature, None, top_p)
    return z if top_k is None else _top_k(z, top_k)


@reject("multiplied by the temperature", "Divide by the temperature: a small one makes the likely likelier.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature == 0:
        return _top_k(logits, 1)
    return _filter(logits * temperature, 1.0, top_k, top_p)


@reject(
    "division by temperature 0",
    "Dividing by 0 gives infinities, and their softmax is NaN. Temperature 0 means: only the largest stays.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    z = logits / temperature
    if top_k is not None:
        z = _top_k(z, top_k)
    return z if top_p is None else _top_p(z, top_p)


@reject("temperature ignored", "The temperature has no effect.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    return _filter(logits, 1.0 if temperature else 0, top_k, top_p)


@reject(
    "ties keep more than k",
    "You compare with the k-th largest logit, so all that equal it stay. Exactly k: of equal ones the lower indices.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def k_filter(z, k):
        return z.masked_fill(z < z.topk(min(k, z.shape[-1])).values[:, -1:], -INF)

    return _filter(logits, temperature, top_k, top_p, k_filter=k_filter)


@reject("top_k beyond V", "top_k may be larger than the vocabulary: then all stay. torch.topk wants min(top_k, V).")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature and top_k is not None:
        logits.topk(top_k)
    return _filter(logits, temperature, top_k, top_p)


@reject("the k smallest", "You keep the k SMALLEST logits.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def k_filter(z, k):
        rank = z.argsort(-1).argsort(-1)
        return z.masked_fill(rank >= k, -INF)

    return _filter(logits, temperature, top_k, top_p, k_filter=k_filter)


@reject("dropped becomes 0", "What is dropped must become -inf. A logit of 0 is a likely token; e^0 = 1.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    z = _filter(logits, temperature, top_k, top_p)
    return z.masked_fill((z == -INF) & (logits != -INF), 0.0)


@reject("nothing stays for top_p = 0", "At least one token always stays, also for top_p = 0.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature and top_p == 0:
        return torch.full_like(logits, -INF)
    return _filter(logits, temperature, top_k, top_p)


@reject(
    "top_p = 1 drops the tail",
    "top_p = 1 keeps everything. A running sum reaches 1 by rounding long before the last token: treat 1 as no filter.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def p_filter(z, p):
        order = z.argsort(dim=-1, descending=True, stable=True)
        s = z.gather(-1, order).softmax(-1)
        drop = (s.cumsum(-1) - s) >= p
        drop[..., 0] = False
        return z.masked_fill(torch.empty_like(drop).scatter_(-1, order, drop), -INF)

    return _filter(logits, temperature, top_k, top_p, p_filter=p_filter)


@reject("exp without a shift", "exp overflows for logits above 709. Use softmax, or subtract the largest first.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    def p_filter(z, p):
        order = z.argsort(dim=-1, descending=True, stable=True)
        e = z.gather(-1, order).exp()
        s = e / e.sum(-1, keepdim=True)
        keep = ((s.cumsum(-1) - s) < p) | (p >= 1)
        keep[..., 0] = True
        return z.masked_fill(~torch.empty_like(keep).scatter_(-1, order, keep), -INF)

    return _filter(logits, temperature, top_k, top_p, p_filter=p_filter)


@reject("the caller's logits changed", "You divide the caller's logits in place. Make a new tensor.")
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    if temperature:
        logits /= temperature
    return _filter(logits, 1.0 if temperature else 0, top_k, top_p)


@reject("always the likeliest", "You take the largest every time. Draw: torch.multinomial(p, 1, generator=generator).")
def sample(logits, generator, **kw):
    torch.rand(1, generator=generator, device=logits.device)
    return filter_logits(logits, **kw).argmax(-1)  # noqa: F821


@reject(
    "generator ignored",
    "The draw does not come from the generator that you were given: pass generator=generator.",
)
def sample(logits, generator, **kw):
    return torch.multinomial(filter_logits(logits, **kw).softmax(-1), 1)[:, 0]  # noqa: F821


@reject(
    "a fixed seed inside",
    "Every call draws the same: you seed a generator of your own. Use the one that you were given, as it is.",
)
def sample(logits, generator, **kw):
    own = torch.Generator(logits.device).manual_seed(0)
    return torch.multinomial(filter_logits(logits, **kw).softmax(-1), 1, generator=own)[:, 0]  # noqa: F821


@reject("one column too much", "torch.multinomial gives (N, 1). The result is (N,).")
def sample(logits, generator, **kw):
    return torch.multinomial(filter_logits(logits, **kw).softmax(-1), 1, generator=generator)  # noqa: F821


@reject(
    "one draw for all rows",
    "All rows share one random number. Each text has a fate of its own: one draw a row.",
)
def sample(logits, generator, **kw):
    c = filter_logits(logits, **kw).softmax(-1).double().cumsum(-1)  # noqa: F821
    u = torch.rand(1, generator=generator, device=c.device, dtype=c.dtype) * c[:, -1:]
    return (c <= u).sum(-1)


@reject("filters not passed on", "The keyword arguments never reach filter_logits.")
def sample(logits, generator, **kw):
    return torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0]


@reject(
    "logits shifted to weights",
    "multinomial wants probabilities. Logits minus their minimum are none: take the softmax.",
)
def sample(logits, generator, **kw):
    z = filter_logits(logits, **kw)  # noqa: F821
    low = z.masked_fill(z == -INF, INF).min(-1, keepdim=True).values
    return torch.multinomial((z - low).clamp(min=0) + 1e-6 * (z > -INF), 1, generator=generator)[:, 0]


@reject(
    "sorted without stable=True",
    "Without stable=True a sort may put equal logits in any order, and with more than 16 tokens it does.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    order = logits.argsort(dim=-1, descending=True)
    ranked = _filter(logits.gather(-1, order), temperature, top_k, top_p)
    return torch.empty_like(logits).scatter(-1, order, ranked)


@reject(
    "of equal logits the last one",
    "Of equal logits you keep the higher index. Sort with descending=True, stable=True; do not flip a rising order.",
)
def filter_logits(logits, temperature=1.0, top_k=None, top_p=None):
    return _filter(logits.flip(-1), temperature, top_k, top_p).flip(-1)


waive(
    "filter_logits: logits.argsort(dim=-1, descending=True, stable=True) → logits.argsort(descending=True, stable=True)",
    "the last axis is the default",
)
waive(
    "filter_logits: logits.argsort(dim=-1, descending=True, stable=True) → logits.argsort(dim=1, descending=True, stable=True)",
    "there are two axes, and 1 is the last one",
)
waive("filter_logits: logits.gather(-1, order) → logits.gather(1, order)", "there are two axes, and 1 is the last one")
waive(
    "filter_logits: ranked.masked_fill(~keep, -torch.inf).softmax(dim=-1) → ranked.masked_fill(~keep, -torch.inf).softmax(dim=1)",
    "there are two axes, and 1 is the last one",
)
waive("filter_logits: p.cumsum(dim=-1) → p.cumsum(dim=1)", "there are two axes, and 1 is the last one")
waive(
    "filter_logits: torch.zeros_like(keep).scatter(-1, order, keep) → torch.zeros_like(keep).scatter(1, order, keep)",
    "there are two axes, and 1 is the last one",
)
waive(
    "sample: filter_logits(logits, **kw).softmax(dim=-1) → filter_logits(logits, **kw).softmax(dim=1)",
    "there are two axes, and 1 is the last one",
)
waive(
    "filter_logits: keep &= p.cumsum(dim=-1) - p < top_p → keep = p.cumsum(dim=-1) - p < top_p",
    "what top-k dropped has a sum of 1 before it; only rounding could tell",
)
waive("filter_logits: torch.zeros_like(keep) → torch.ones_like(keep)", "scatter writes every element")
waive(
    "sample: torch.multinomial(p, 1, generator=generator) → torch.multinomial(p, 2, generator=generator)",
    "the first of two draws is a draw",
)
waive(
    "sample: torch.multinomial(p, 1, generator=generator)[:, 0] → torch.multinomial(p, 1, generator=generator)[:, -1]",
    "there is one column",
)
