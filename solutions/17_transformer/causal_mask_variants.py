"""Other right ways to write masks, and the mistakes that people make."""

from __future__ import annotations

import torch

from tutor.checks import accept, reject


@accept("compares positions")
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if q_len > k_len:
        raise ValueError("the queries must be among the keys")
    queries, keys = torch.arange(k_len - q_len, k_len), torch.arange(k_len)
    return keys[None] <= queries[:, None]


@accept("the last rows of the square")
def causal_mask(q_len, k_len=None):
    if k_len is None:
        k_len = q_len
    if k_len - q_len < 0:
        raise ValueError(k_len)
    return ~torch.triu(torch.ones(k_len, k_len), 1)[k_len - q_len :].bool()


@accept("everything spread out")
def combine_masks(causal, key_valid_len, k_len):
    if causal is None and key_valid_len is None:
        return None
    mask = torch.ones(1, 1, 1, k_len, dtype=torch.bool)
    if causal is not None:
        mask = mask.to(causal.device) & causal[None, None]
    if key_valid_len is not None:
        mask = mask.to(key_valid_len.device).repeat(len(key_valid_len), 1, 1, 1)
        for n, length in enumerate(key_valid_len.tolist()):
            mask[n, :, :, length:] = False
    return mask


@accept("lengths against positions")
def combine_masks(causal, key_valid_len, k_len):
    masks = [] if causal is None else [causal]
    if key_valid_len is not None:
        masks.append(torch.arange(k_len, device=key_valid_len.device) < key_valid_len.view(-1, 1, 1, 1))
    return torch.logical_and(*masks) if len(masks) == 2 else masks[0] if masks else None


@reject(
    "triu",
    "The triangle is upside down. Rows are queries, columns are keys, and a position may look BACK: True stands on and below "
    "the diagonal, tril.",
)
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len, dtype=torch.bool).triu(k_len - q_len)


@reject(
    "True means forbidden",
    "Your True means forbidden, as in PyTorch's key_padding_mask. Here True means that the query may look.",
)
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len, dtype=torch.bool).triu(k_len - q_len + 1)


@reject("does not see itself", "The diagonal is missing: a position also sees itself. The first one would see nothing.")
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len - 1)


@reject(
    "sees the next one", "Off by one: each position sees the next one as well, and that is the token to be predicted."
)
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len + 1)


@reject(
    "triangle from the top left",
    "Your triangle starts at the top left, so with a cache the first new token sees only key 0. The queries are the LAST "
    "positions: diagonal k_len - q_len. (PyTorch's is_causal has the same trap.)",
)
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len, dtype=torch.bool).tril()


@reject("shifted to the wrong side", "The diagonal is k_len - q_len, not q_len - k_len: more keys mean more to see.")
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(q_len - k_len)


@reject("numbers instead of bool", "The mask is made of numbers. Make it boolean: dtype=torch.bool.")
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, k_len).tril(k_len - q_len)


@reject(
    "zeros and minus infinity",
    "That is an additive mask, 0 and -inf. The task asks for a boolean one; masked_fill(~mask, -inf) makes yours from it.",
)
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    if k_len < q_len:
        raise ValueError(k_len)
    return torch.full((q_len, k_len), float("-inf")).triu(k_len - q_len + 1)


@reject("k_len ignored", "k_len was ignored: the mask has q_len columns.")
def causal_mask(q_len, k_len=None):
    if k_len is not None and k_len < q_len:
        raise ValueError(k_len)
    return torch.ones(q_len, q_len, dtype=torch.bool).tril()


@reject(
    "fewer keys than queries accepted",
    "Fewer keys than queries went through: the first queries would see nothing at all. Raise ValueError.",
)
def causal_mask(q_len, k_len=None):
    k_len = q_len if k_len is None else k_len
    return torch.ones(q_len, k_len, dtype=torch.bool).tril(k_len - q_len)


def valid_keys(key_valid_len, k_len):
    return torch.arange(k_len, device=key_valid_len.device) < key_valid_len[:, None]


@reject(
    "mask of shape (N, k_len)",
    "The mask has shape (N, k_len), and broadcasting aligns axes at the right: N falls on the queries. Insert axes for heads "
    "and queries, (N, 1, 1, k_len).",
)
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)
    return valid if causal is None else valid[:, None, None] & causal


@reject(
    "no axis for the heads",
    "The mask has shape (N, q_len, k_len): its N falls on the heads. It needs an axis of size 1 for them, (N, 1, …, k_len).",
)
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)[:, None]
    return valid if causal is None else valid & causal


@reject(
    "masks added", "The masks were added. A sum is at least 1 where ONE of them allows it: a key must pass both, &."
)
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)[:, None, None]
    return valid if causal is None else (valid.int() + causal.int()) > 0


@reject("sum of the masks", "You added the masks, so the entries are 0, 1 and 2. Combine them by & and stay boolean.")
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)[:, None, None]
    return valid if causal is None else valid.int() + causal.int()


@reject("causal dropped", "With lengths given the causal mask is lost: both have to hold.")
def combine_masks(causal, key_valid_len, k_len):
    return causal if key_valid_len is None else valid_keys(key_valid_len, k_len)[:, None, None]


@reject("lengths dropped", "With a causal mask the lengths are lost: both have to hold.")
def combine_masks(causal, key_valid_len, k_len):
    if causal is not None or key_valid_len is None:
        return causal
    return valid_keys(key_valid_len, k_len)[:, None, None]


@reject("one key too many", "Keys 0 … len - 1 are valid: j < len, not j <= len.")
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = torch.arange(k_len, device=key_valid_len.device) <= key_valid_len[:, None, None, None]
    return valid if causal is None else valid & causal


@reject("padding is True", "Your True stands at the padding. True means: may look at, so valid keys are True.")
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = ~valid_keys(key_valid_len, k_len)[:, None, None]
    return valid if causal is None else valid & causal


@reject(
    "masks the queries",
    "The lengths mask rows, the queries. What must not be looked at are padded KEYS: the last axis.",
)
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)[:, None, :, None]
    return valid if causal is None else valid[:, :, : len(causal)] & causal


@reject("a mask of ones for none", "Without any mask the answer is None, so that attention can skip the masking.")
def combine_masks(causal, key_valid_len, k_len):
    if key_valid_len is None and causal is None:
        return torch.ones(1, 1, 1, k_len, dtype=torch.bool)
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)[:, None, None]
    return valid if causal is None else valid & causal


@reject(
    "built again as a triangle", "The causal argument may be any mask; you ignored it and made a triangle of your own."
)
def combine_masks(causal, key_valid_len, k_len):
    if causal is not None:
        causal = torch.ones_like(causal).tril(k_len - len(causal))
    if key_valid_len is None:
        return causal
    valid = valid_keys(key_valid_len, k_len)[:, None, None]
    return valid if causal is None else valid & causal
