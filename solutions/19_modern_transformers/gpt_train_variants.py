"""Other right ways to train a GPT, and the mistakes that people make."""

from __future__ import annotations

import math

import torch

from tutor.checks import accept, reject, waive
from tutor.mine import GPT, Adam, cosine_warmup


def train(
    text, flaw="", *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    """The whole program with one flaw, or none."""
    cut = int((0.5 if flaw == "half" else 0.9) * len(text))
    chars = sorted(set(text[:cut] if flaw == "vocabulary" else text), reverse=flaw == "unsorted")
    if flaw == "order":
        chars = list(dict.fromkeys(text))
    lookup = {c: i for i, c in enumerate(chars)}
    ids = torch.tensor([lookup[c] for c in text])
    a, b = ids[:cut], ids[cut:]
    if flaw == "whole":
        a = ids
    if flaw == "same":
        b = a
    if len(ids) - int(0.9 * len(ids)) <= block and flaw != "short":
        raise ValueError("too short")
    if flaw != "seed":
        torch.manual_seed(seed)
    if flaw == "fixed seed":
        torch.manual_seed(0)
    depth = (layers, num_heads) if flaw == "exchanged" else (num_heads, layers)
    model = GPT(len(chars), d_model, *depth, 64 if flaw == "block" else block)
    if flaw == "batches of seed 0":
        torch.manual_seed(0)
    rate = {"lr": 3e-3, "huge": 1.0}.get(flaw, lr)
    optimizer = Adam(model.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True)
    last_rate = 10 if flaw == "rises" else 0.1
    ahead = {"unshifted": 0, "two": 2}.get(flaw, 1)
    result = {"model": model, "chars": chars if flaw == "list" else "".join(chars), "train_loss": [], "val_loss": []}
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = cosine_warmup(step, steps, steps // 10, rate, rate * last_rate)
        starts = torch.randint(len(a) - block - 1, (batch_size, 1))
        if flaw == "multiples":
            starts = starts // block * block
        if flaw == "one batch":
            starts = torch.randint(len(a) - block - 1, (batch_size, 1), generator=torch.Generator().manual_seed(1))
        places = starts + torch.arange(block)
        logits, loss = model(a[places], a[places + ahead])
        if flaw != "zero_grad":
            optimizer.zero_grad()
        (-loss if flaw == "climbs" else loss).backward()
        if flaw != "no step":
            optimizer.step()
        if flaw == "after the step":
            loss = model(a[places], a[places + ahead])[1]
        result["train_loss"].append(loss if flaw == "tensors" else loss.item())
        last = step + 1 == steps and flaw != "last"
        if last or (step + (0 if flaw == "early" else 1)) % every == 0 or flaw == "always":
            result["val_loss"].append(validate(model, b, block, flaw, ahead))
    result["train_loss"] = told(result["train_loss"], flaw, every)
    if flaw == "untrained":
        result["model"] = GPT(len(chars), d_model, num_heads, layers, block)
    return result


def told(losses, flaw, every):
    if flaw == "running mean":
        return [sum(losses[: i + 1]) / (i + 1) for i in range(len(losses))]
    return losses[every - 1 :: every] if flaw == "losses at validations" else losses


@torch.no_grad()
def validate(model, ids, block, flaw, ahead):
    starts = torch.arange(0, len(ids) - block, block)
    if flaw == "first window":
        starts = starts[:1]
    if flaw == "random windows":
        starts = torch.randint(len(ids) - block, (8,))
    if flaw == "unshifted":
        starts = torch.arange(0, len(ids) - block + 1, block)
    if flaw == "two":
        starts = torch.arange(0, len(ids) - block - 1, block)
    if not len(starts):
        return float("nan")
    places = starts[:, None] + torch.arange(block)
    x, y = ids[places], ids[places + ahead]
    loss = float(model(x, y)[1])
    if flaw == "mean of means":
        parts = [float(model(*part)[1]) for part in zip(x.split(64), y.split(64), strict=True)]
        loss = sum(parts) / len(parts)
    if flaw == "sum":
        loss *= y.numel()
    if flaw == "bits":
        loss /= math.log(2)
    return math.exp(loss) if flaw == "perplexity" else loss


@accept("all validation windows at once")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@accept("constant rate, plain Adam, clipped gradients, windows one by one, a generator of its own")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    chars = "".join(sorted(set(text)))
    ids = torch.tensor([chars.index(c) for c in text])
    cut = int(0.9 * len(text))
    if len(ids) - cut < block + 1:
        raise ValueError("too short")
    torch.manual_seed(seed + 1)
    generator = torch.Generator().manual_seed(seed)
    model = GPT(len(chars), d_model, num_heads, layers, block)
    optimizer = Adam(model.parameters(), lr=lr)
    train_loss, val_loss = [], []
    for step in range(1, steps + 1):
        starts = torch.randint(cut - block, (batch_size,), generator=generator).tolist()
        x = torch.stack([ids[s : s + block] for s in starts])
        y = torch.stack([ids[s + 1 : s + block + 1] for s in starts])
        loss = model(x, y)[1]
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        train_loss.append(float(loss))
        if step % every == 0 or step == steps:
            with torch.no_grad():
                val = ids[cut:]
                spans = [(i, i + block) for i in range(0, len(val) - block, block)]
                losses = [float(model(val[None, i:j], val[None, i + 1 : j + 1])[1]) for i, j in spans]
            val_loss.append(sum(losses) / len(losses))
    return {"model": model, "chars": chars, "train_loss": train_loss, "val_loss": val_loss}


@reject(
    "batches start at multiples of block only",
    "Your windows begin at multiples of block only, so that a position tells what stands there. Draw random places.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'multiples', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("validation on training text", "val_loss is measured on the text that was trained on: split first, 90 to 10.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'same', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "trained on the whole text",
    "You train on the validation part, too: the loss there no longer tells what was understood.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'whole', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("split in the middle", "The first 90 % train; you split in the middle.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'half', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "vocabulary of the training part",
    "A character that comes only in the validation part has no token: take the vocabulary from the whole text.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'vocabulary', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("vocabulary in reverse", "The characters are sorted, from the smallest on.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'unsorted', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("vocabulary in order of appearance", "The vocabulary is sorted; a set or a dict has an order of its own.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'order', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("vocabulary as a list", 'chars is a str: "".join(sorted(set(text))).')
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'list', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "targets not shifted",
    "Your model predicts the character that it has just read. The targets are the windows ONE token later.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'unshifted', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("targets shifted twice", "Your targets lie two tokens ahead. GPT does not shift: one is enough.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'two', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("gradients pile up", "The gradients are never cleared, so each step adds to all before: optimizer.zero_grad().")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'zero_grad', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("the optimiser never steps", "Nothing is learnt: optimizer.step() is missing.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'no step', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("climbs", "The loss rises: you go up the gradient.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'climbs', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "the same batch again and again",
    "Every step has the same windows: the model learns them by heart. Draw new places in every step.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'one batch', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("learning rate ignored", "lr of the caller has no effect.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'lr', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("learning rate of 1", "With steps as long as these nothing is learnt; lr of the caller is the largest rate.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'huge', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("block is not max_len", "The model has 64 positions whatever block is: max_len is block.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'block', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "seed ignored", "Two runs with the same seed differ: torch.manual_seed(seed) before weights and batches are drawn."
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'seed', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("always the same seed", "Another seed gives the same run: use the seed of the caller.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'fixed seed', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("validation on one window", "val_loss is the mean over ALL windows of the validation part.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'first window', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "validation on random windows",
    "Validate on all windows, one after the other: random ones make the curve jump for no reason.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'random windows', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("sum instead of mean", "val_loss is a mean over all predictions, not a sum.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'sum', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("perplexity instead of the loss", "val_loss is the loss in nats; exp of it would be the perplexity.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'perplexity', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("bits instead of nats", "val_loss is in nats, as cross_entropy gives it. Dividing by log 2 makes bits of them.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'bits', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("losses as tensors", "A list of tensors keeps every graph alive, and memory grows with each step: loss.item().")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'tensors', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("training loss at validations only", "train_loss has one entry for every step.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'losses at validations', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("validation after every step", "A validation comes after every `every` steps, not after each one.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'always', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "no validation at the end",
    "After the last step there is a validation as well, also when steps is no multiple of every.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'last', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("validation one step early", "Step counts from 0: the validation belongs after step number every, 2·every, …")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'early', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("too short unnoticed", "A validation part without a whole window must raise ValueError: its mean would be NaN.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'short', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("a fresh model comes back", "The model that comes back is not the one that was trained.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'untrained', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("heads and layers exchanged", "GPT takes the heads first, then the layers; you pass them the other way round.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'exchanged', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject(
    "the learning rate rises above lr",
    "Your schedule climbs above lr. The lr of the caller is the largest rate: from there it goes down, to lr / 10.",
)
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'rises', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("after the step", "The loss of a batch is taken before the step, not computed anew after it.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'after the step', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("running mean", "train_loss holds the loss of each batch, not the mean of all losses so far.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'running mean', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


@reject("mean of means", "Your parts differ in size: weigh the mean of each by its number of windows.")
def train_gpt(
    text, *, d_model=64, num_heads=4, layers=2, block=64, batch_size=32, lr=3e-3, steps=1500, every=100, seed=0
):
    return train(text, 'mean of means', d_model=d_model, num_heads=num_heads, layers=layers, block=block, batch_size=batch_size, lr=lr, steps=steps, every=every, seed=seed)  # fmt: skip


waive(
    "train_gpt: Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True) → Adam(model.parameters(), betas=(0.9, 0.99), weight_decay=0.1, decoupled=True)",
    "the schedule sets the learning rate before every step",
)
waive(
    "train_gpt: Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True) → Adam(model.parameters(), lr=lr, weight_decay=0.1, decoupled=True)",
    "the task leaves the settings of the optimiser open",
)
waive(
    "train_gpt: Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True) → Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), decoupled=True)",
    "the task leaves the settings of the optimiser open",
)
waive(
    "train_gpt: Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.1, decoupled=True) → Adam(model.parameters(), lr=lr, betas=(0.9, 0.99), weight_decay=0.2, decoupled=True)",
    "the task leaves the settings of the optimiser open",
)
waive(
    "train_gpt: optimizer.param_groups[0]['lr'] = cosine_warmup(step, steps, steps // 10, lr, lr / 10) → (dropped)",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "train_gpt: optimizer.param_groups[0] → optimizer.param_groups[-1]",
    "there is one group",
)
waive(
    "train_gpt: optimizer.param_groups[0]['lr'] → optimizer.param_groups[0]['lr_']",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "train_gpt: cosine_warmup(step, steps, steps // 10, lr, lr / 10) → cosine_warmup(step, steps, steps // 10, lr / 10, lr)",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "train_gpt: steps // 10 → steps // 11",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "train_gpt: steps // 10 → steps // 9",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "train_gpt: lr / 10 → lr / 11",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "train_gpt: lr / 10 → lr / 9",
    "the task leaves the schedule open, and lr is still the largest rate",
)
waive(
    "_validate: model.eval() → (dropped)",
    "this model has no dropout: both modes compute the same",
)
waive(
    "_validate: model.eval() → model.train()",
    "this model has no dropout: both modes compute the same",
)
waive(
    "_validate: model.train() → (dropped)",
    "this model has no dropout: both modes compute the same",
)
waive(
    "_validate: model.train() → model.eval()",
    "this model has no dropout: both modes compute the same",
)
waive(
    "_validate: zip(x.split(64), y.split(64), strict=True) → zip(x.split(64), y.split(64))",
    "both are cut alike",
)
waive(
    "_validate: zip(x.split(64), y.split(64), strict=True) → zip(x.split(64), y.split(64), strict=False)",
    "both are cut alike",
)
