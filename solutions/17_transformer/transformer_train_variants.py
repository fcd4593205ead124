"""Other right ways to train the Transformer, and the mistakes that people make.

The rejected variants share one program, `train`, that is right but for the flaw it is told.
"""

from __future__ import annotations

import random
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F

from tutor.checks import accept, reject, waive
from tutor.mine import Adam, Transformer, Vocab, build_arrays, cosine_warmup, masked_cross_entropy, noam, shift_right

RESERVED = ["<pad>", "<bos>", "<eos>"]
DEFAULTS = {
    "num_steps": 10, "d_model": 64, "num_heads": 4, "layers": 2, "dropout": 0.1, "lr": 2e-3, "warmup": 0.1,
    "batch_size": 64, "epochs": 30, "seed": 0,
}  # fmt: skip


def data(pairs, o, flaw):
    sources, targets = [list(p[0]) for p in pairs], [list(p[1]) for p in pairs]
    corpora = (targets, sources) if flaw == "vocabularies exchanged" else (sources, targets)
    if flaw == "one vocabulary":
        corpora = (sources + targets,) * 2
    reserved = RESERVED[::-1] if flaw == "reserved order" else RESERVED
    min_freq = 2 if flaw == "rare words" else 0
    src_vocab, tgt_vocab = (Vocab(corpus, min_freq=min_freq, reserved=reserved) for corpus in corpora)
    src, src_len = build_arrays(sources, src_vocab, o.num_steps)
    tgt, tgt_len = build_arrays(targets, tgt_vocab, o.num_steps)
    tgt_in = shift_right(tgt, tgt_vocab["<bos>"])
    if flaw == "not shifted":
        tgt_in = tgt
    if flaw == "begins with eos":
        tgt_in = shift_right(tgt, tgt_vocab["<eos>"])
    arrays = [torch.from_numpy(a.copy()) for a in (src, src_len, tgt_in, tgt, tgt_len)]
    return src_vocab, tgt_vocab, arrays


def model_of(src_vocab, tgt_vocab, o, flaw):
    if flaw != "not seeded":
        torch.manual_seed(0 if flaw == "own seed" else o.seed)
    heads = o.num_heads
    sizes = [len(src_vocab), len(tgt_vocab), o.d_model, heads, 2 * o.d_model, o.layers, o.dropout]
    if flaw == "d_ff":
        sizes[4] = 4 * o.d_model
    if flaw == "layers":
        sizes[5] = 2
    if flaw == "dropout":
        sizes[6] = 0.0
    if flaw == "vocabularies exchanged in the model":
        sizes[:2] = [max(sizes[:2])] * 2
    model = Transformer(*sizes)
    return model.eval() if flaw == "evaluation" else model.train()


def loss_of(logits, tgt, tgt_len, flaw):
    if flaw == "padding":
        return F.cross_entropy(logits.flatten(0, 1), tgt.flatten())
    if flaw == "masked mean":
        every = F.cross_entropy(logits.transpose(1, 2), tgt, reduction="none")
        return (every * (torch.arange(tgt.shape[1]) < tgt_len[:, None])).mean()
    if flaw == "summed":
        return masked_cross_entropy(logits, tgt, tgt_len) * tgt_len.sum()
    if flaw == "by sentence":
        return torch.stack([masked_cross_entropy(*(z[i : i + 1] for z in (logits, tgt, tgt_len))) for i in range(len(tgt))]).mean()  # fmt: skip
    if flaw == "smoothing":
        real = torch.arange(tgt.shape[1]) < tgt_len[:, None]
        return F.cross_entropy(logits[real], tgt[real], label_smoothing=0.1)
    return masked_cross_entropy(logits, tgt, tgt_len)


def rate(step, total, o, flaw, epoch, batches):
    warmup = int(o.warmup * total)
    if flaw == "constant rate":
        return o.lr
    if flaw == "no warm-up":
        return cosine_warmup(step, total, 0, o.lr)
    if flaw == "counts epochs":
        return cosine_warmup(epoch, o.epochs, int(o.warmup * o.epochs), o.lr)
    if flaw == "counts from one":
        return cosine_warmup(step + 1, total, warmup, o.lr)
    if flaw == "warm-up in epochs":
        return cosine_warmup(step, total, min(total, int(o.warmup * o.epochs)), o.lr)
    if flaw == "total of one epoch":
        return cosine_warmup(step, batches, int(o.warmup * batches), o.lr)
    if flaw == "noam":
        return noam(step, o.d_model, max(1, warmup), o.lr)
    return cosine_warmup(step, total, warmup, o.lr)


def order_of(n, flaw):
    return torch.arange(n) if flaw == "in order" else torch.randperm(n)


def train(pairs, flaw="", **options):
    o = SimpleNamespace(**DEFAULTS | options)
    src_vocab, tgt_vocab, (src, src_len, tgt_in, tgt, tgt_len) = data(pairs, o, flaw)
    model = model_of(src_vocab, tgt_vocab, o, flaw)
    betas = (0.9, 0.999) if flaw == "betas" else (0.9, 0.98)
    optimizer = Adam(model.parameters(), lr=o.lr, betas=betas)
    batches = len(pairs) // o.batch_size if flaw == "drop last" else -(-len(pairs) // o.batch_size)
    if flaw == "total rounded down":
        batches = max(1, len(pairs) // o.batch_size)
    step, history = 0, []
    for epoch in range(o.epochs):
        losses, sizes = [], []
        for rows in order_of(len(pairs), flaw).split(o.batch_size):
            if flaw == "drop last" and len(rows) < o.batch_size:
                continue
            if flaw == "new optimizer":
                optimizer = Adam(model.parameters(), lr=o.lr, betas=betas)
            optimizer.param_groups[0]["lr"] = rate(step, o.epochs * batches, o, flaw, epoch, batches)
            lengths = torch.full_like(src_len[rows], src.shape[1]) if flaw == "source padding" else src_len[rows]
            loss = loss_of(model(src[rows], lengths, tgt_in[rows]), tgt[rows], tgt_len[rows], flaw)
            if flaw != "gradients pile up":
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            sizes.append(int(tgt_len[rows].sum()))
            step += 1
        if flaw == "per batch":
            history += losses
        elif flaw == "mean of batches":
            history.append(float(np.mean(losses)))
        elif flaw == "last":
            history.append(losses[-1])
        elif flaw == "by pairs":
            history.append(float(np.dot(losses, [o.batch_size] * len(losses)) / len(pairs)))
        else:
            history.append(float(np.dot(losses, sizes) / sum(sizes)))
    return {"model": model, "src_vocab": src_vocab, "tgt_vocab": tgt_vocab, "loss": history}


@accept("batches from Python's own shuffle, losses collected by hand")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    rng = random.Random(seed)
    torch.manual_seed(seed)
    vocabs = [Vocab([list(p[i]) for p in pairs], reserved=RESERVED) for i in (0, 1)]
    net = Transformer(len(vocabs[0]), len(vocabs[1]), d_model=d_model, num_heads=num_heads, d_ff=d_model * 2, layers=layers, dropout=dropout)  # fmt: skip
    opt = Adam(list(net.parameters()), lr, betas=(0.9, 0.98))
    per_epoch = (len(pairs) + batch_size - 1) // batch_size
    steps, climb, n, losses = epochs * per_epoch, int(warmup * epochs * per_epoch), 0, []
    for _ in range(epochs):
        shuffled = rng.sample(pairs, len(pairs))
        weighted = count = 0
        for start in range(0, len(pairs), batch_size):
            batch = shuffled[start : start + batch_size]
            x, x_len = (torch.tensor(a) for a in build_arrays([list(s) for s, _ in batch], vocabs[0], num_steps))
            ids, y_len = build_arrays([list(t) for _, t in batch], vocabs[1], num_steps)
            y, y_in = torch.tensor(ids), torch.tensor(shift_right(ids, vocabs[1]["<bos>"]))
            for group in opt.param_groups:
                group["lr"] = cosine_warmup(n, steps, climb, lr)
            opt.zero_grad()
            loss = masked_cross_entropy(net(x, x_len, y_in), y, torch.tensor(y_len))
            loss.backward()
            opt.step()
            n += 1
            weighted, count = weighted + float(loss.detach()) * int(y_len.sum()), count + int(y_len.sum())
        losses.append(weighted / count)
    net.eval()
    return dict(model=net, src_vocab=vocabs[0], tgt_vocab=vocabs[1], loss=losses)


@accept("a generator for the order, loss by ignore_index")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    o = SimpleNamespace(**locals())
    src_vocab, tgt_vocab, (src, src_len, tgt_in, tgt, tgt_len) = data(pairs, o, "")
    torch.manual_seed(seed + 17)
    rng = torch.Generator().manual_seed(seed)
    model = Transformer(len(src_vocab), len(tgt_vocab), d_model, num_heads, 2 * d_model, layers, dropout)
    optimizer, history = Adam(model.parameters(), lr=lr, betas=(0.9, 0.98)), []
    order = [torch.randperm(len(pairs), generator=rng).split(batch_size) for _ in range(epochs)]
    total = sum(map(len, order))
    for number, epoch in enumerate(order):
        parts = []
        for i, rows in enumerate(epoch):
            optimizer.param_groups[0]["lr"] = cosine_warmup(number * len(epoch) + i, total, int(warmup * total), lr)
            out = model(src[rows], src_len[rows], tgt_in[rows])
            loss = F.cross_entropy(out.transpose(1, 2), tgt[rows], ignore_index=tgt_vocab["<pad>"])
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            parts.append((loss.item(), int(tgt_len[rows].sum())))
        history.append(sum(a * b for a, b in parts) / sum(b for _, b in parts))
    return {"model": model, "src_vocab": src_vocab, "tgt_vocab": tgt_vocab, "loss": history}


@reject(
    "decoder sees its own answer",
    "The decoder is fed with the target itself: it learns to copy, the loss falls to 0, and translations are garbage. Feed shift_right(target, bos).",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="not shifted", **locals())


@reject(
    "loss over padding",
    "The loss counts padding. A model that says <pad> everywhere then looks good: use masked_cross_entropy.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="padding", **locals())


@reject(
    "divided by all positions",
    "The losses of padding are masked, but you divide by all positions. Divide by the number of real tokens, as masked_cross_entropy does.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="masked mean", **locals())


@reject("loss summed", "The loss is a sum over tokens; masked_cross_entropy is their mean.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="summed", **locals())


@reject(
    "every sentence weighs alike",
    "You averaged within each sentence first. Every real token of the batch weighs alike.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="by sentence", **locals())


@reject(
    "labels smoothed",
    "Your loss smooths the labels. That is a good idea (the lesson says why), but this loss is asked for without.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="smoothing", **locals())


@reject(
    "source padding not masked",
    "The model is told that every source is as long as the array: it attends to padding. Hand it the valid lengths.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="source padding", **locals())


@reject(
    "begins with <eos>",
    "The decoder's input begins with <eos>; shift_right wants the index of <bos>, of the target vocabulary.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="begins with eos", **locals())


@reject("reserved tokens in another order", "The reserved tokens come in the order <pad>, <bos>, <eos>, after <unk>.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="reserved order", **locals())


@reject("rare words unknown", "Words that come only once became <unk>. Keep them all: min_freq stays as it is.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="rare words", **locals())


@reject("one vocabulary for both languages", "Both languages share one vocabulary; two are asked for, one a side.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="one vocabulary", **locals())


@reject("vocabularies exchanged", "The source vocabulary was made of target sentences.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="vocabularies exchanged", **locals())


@reject(
    "betas left as they are", "Adam's second beta is 0.98 here: its average of squares forgets faster than with 0.999."
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="betas", **locals())


@reject("schedule counts epochs", "The learning rate changes once an epoch. Step n counts batches, over all epochs.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="counts epochs", **locals())


@reject("total rounded down", "You rounded the number of batches down: the short last batch is a step as well.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="total rounded down", **locals())


@reject(
    "learning rate never changes", "The learning rate stays where it is: set it before each step with cosine_warmup."
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="constant rate", **locals())


@reject("no warm-up", "The learning rate begins at its top: the first int(warmup * total) steps climb.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="no warm-up", **locals())


@reject("steps counted from one", "Your schedule is one step ahead: the first step is n = 0.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="counts from one", **locals())


@reject("total is one epoch", "The schedule ends after the first epoch: total is epochs times batches an epoch.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="total of one epoch", **locals())


@reject("schedule of the paper", "That is the schedule of the 2017 paper. Here cosine_warmup is asked for.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="noam", **locals())


@reject("gradients pile up", "The gradients of earlier steps were never cleared: zero_grad() once a step.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="gradients pile up", **locals())


@reject(
    "a new Adam for every step",
    "Adam is made anew at every step and forgets its averages: make it once, before the loop.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="new optimizer", **locals())


@reject("last batch dropped", "The short last batch is left out: these pairs would be trained on less than the others.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="drop last", **locals())


@reject("not shuffled", "The pairs come in the order of the list. Draw a new order for each epoch: torch.randperm.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="in order", **locals())


@reject("not seeded", "Two runs with one seed differ: torch.manual_seed(seed) before the model is made.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="not seeded", **locals())


@reject("always the same seed", "The seed that the caller gives changes nothing.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="own seed", **locals())


@reject(
    "trains in evaluation mode",
    "The model trains in evaluation mode, so nothing is dropped: model.train() before the loop.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="evaluation", **locals())


@reject("dropout not handed on", "The model was made without the dropout that the caller asks for.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="dropout", **locals())


@reject("feed-forward networks four times as wide", "The feed-forward networks are 4·d wide; 2·d is asked for.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="d_ff", **locals())


@reject("layers ignored", "The model has two layers a side, whatever `layers` says.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="layers", **locals())


@reject("one loss a batch", "The history has one entry a batch; one an epoch is asked for.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="per batch", **locals())


@reject(
    "mean of the batches' means",
    "Your epoch's loss is the plain mean of the batches. A batch with more tokens weighs more.",
)
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="mean of batches", **locals())


@reject("loss of the last batch", "The history holds the loss of each epoch's last batch, not that of the epoch.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="last", **locals())


@reject("full batches assumed", "You weighted every batch as if it were full. The last one is smaller.")
def train_transformer(pairs, *, num_steps=10, d_model=64, num_heads=4, layers=2, dropout=0.1, lr=2e-3, warmup=0.1, batch_size=64, epochs=30, seed=0):  # fmt: skip
    return train(flaw="by pairs", **locals())


waive("train_transformer: model.train() → (dropped)", "a model that was just made is in training mode")
waive(
    "train_transformer: Adam(model.parameters(), lr=lr, betas=(0.9, 0.98)) → Adam(model.parameters(), betas=(0.9, 0.98))",
    "the schedule sets the learning rate before every step",
)
waive("train_transformer: optimizer.param_groups[0] → optimizer.param_groups[-1]", "there is one group")
