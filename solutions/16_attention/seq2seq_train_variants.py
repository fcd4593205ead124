"""Other right ways to write the translator, and the mistakes that people make."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from tutor.checks import accept, reject, waive
from tutor.mine import (
    Adam,
    AttentionDecoder,
    Encoder,
    Vocab,
    beam_search,
    build_arrays,
    clip_grad_norm_,
    masked_cross_entropy,
    shift_right,
)


class Trainer:
    """The training in small pieces, of which each variant has one of its own."""

    def __init__(self, pairs, num_steps, emb, hidden, lr, batch_size, seed):
        self.seed, self.lr, self.n, self.batch_size, self.num_steps = seed, lr, len(pairs), batch_size, num_steps
        self.sow()
        self.vocabularies([p[0] for p in pairs], [p[1] for p in pairs])
        (self.x, self.x_len), (self.y, self.y_len) = (
            tuple(torch.as_tensor(a) for a in build_arrays([p[i] for p in pairs], vocab, num_steps))
            for i, vocab in enumerate((self.src, self.tgt))
        )
        self.y_in = self.shifted()
        self.model = nn.ModuleDict()
        self.model["encoder"] = Encoder(len(self.src), emb, hidden)
        self.model["decoder"] = AttentionDecoder(len(self.tgt), emb, hidden)
        self.params = self.trained()
        self.adam = self.optimizer()

    def sow(self):
        torch.manual_seed(self.seed)

    def vocabularies(self, sources, targets):
        self.src, self.tgt = (Vocab(side, 0, ["<pad>", "<bos>", "<eos>"]) for side in (sources, targets))

    def shifted(self):
        return torch.as_tensor(shift_right(self.y.numpy(), self.tgt["<bos>"]))

    def trained(self):
        return [*self.model["encoder"].parameters(), *self.model["decoder"].parameters()]

    def optimizer(self):
        return Adam(self.params, lr=self.lr)

    def order(self, epoch):
        return torch.randperm(self.n)

    def batches(self, epoch):
        order = self.order(epoch)
        return [order[i : i + self.batch_size] for i in range(0, self.n, self.batch_size)]

    def seen(self, rows):
        return self.x_len[rows]

    def counted(self, rows):
        return self.y_len[rows]

    def loss(self, rows):
        encoded = self.model["encoder"](self.x[rows], self.x_len[rows])
        logits, _ = self.model["decoder"](self.y_in[rows], self.model["decoder"].init_state(encoded, self.seen(rows)))
        return masked_cross_entropy(logits, self.y[rows], self.counted(rows))

    def clear(self):
        for p in self.params:
            p.grad = None

    def clip(self):
        clip_grad_norm_(self.params, 1.0)

    def step(self, rows):
        loss = self.loss(rows)
        self.clear()
        loss.backward()
        self.clip()
        self.adam.step()
        return loss.item()

    def mean(self, losses, tokens):
        return sum(a * b for a, b in zip(losses, tokens, strict=True)) / sum(tokens)

    def epoch(self, number):
        batches = self.batches(number)
        return self.mean([self.step(rows) for rows in batches], [self.y_len[rows].sum().item() for rows in batches])

    def result(self, history):
        return {
            "model": self.model,
            "src_vocab": self.src,
            "tgt_vocab": self.tgt,
            "loss": history,
            "num_steps": self.num_steps,
        }


def train(kind, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed):
    trainer = kind(pairs, num_steps, emb, hidden, lr, batch_size, seed)
    return trainer.result([trainer.epoch(i) for i in range(epochs)])


@accept("an object that trains, batches as slices")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    return train(Trainer, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@accept("PyTorch's Adam and clipping, NumPy's order")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Other(Trainer):
        def optimizer(self):
            return torch.optim.Adam(self.params, lr=self.lr)

        def order(self, epoch):
            return torch.as_tensor(np.random.default_rng((self.seed, epoch)).permutation(self.n))

        def clip(self):
            torch.nn.utils.clip_grad_norm_(self.params, 1.0)

    return train(Other, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


def read(result, sentence, tokens, beam=1):
    """Encodes the sentence, for so many hypotheses, and lets the decoder read these rows of tokens."""
    encoder, decoder = result["model"]["encoder"], result["model"]["decoder"]
    x, x_len = (torch.as_tensor(a) for a in build_arrays([sentence] * beam, result["src_vocab"], result["num_steps"]))
    logits, _ = decoder(torch.tensor(tokens), decoder.init_state(encoder(x, x_len), x_len))
    return logits, torch.stack(list(decoder.attention_weights), dim=1), int(x_len[0])


class Search:
    """translate in small pieces."""

    def __init__(self, result, sentence, beam):
        self.result, self.sentence, self.beam = result, list(sentence), beam
        self.vocab = result["tgt_vocab"]
        self.bos, self.eos = self.vocab["<bos>"], self.vocab["<eos>"]

    def logp(self, prefixes):
        return torch.log_softmax(read(self.result, self.sentence, prefixes, len(prefixes))[0][:, -1], -1).numpy()

    def ids(self):
        return list(beam_search(self.logp, self.bos, self.eos, self.beam, self.result["num_steps"])[0][0])

    def cut(self, ids):
        return ids[:-1] if ids and ids[-1] == self.eos else ids

    def question(self, ids):
        return [self.bos, *ids[:-1]]

    def columns(self, attention, length):
        return attention[:, :length]

    def words(self, ids):
        return [self.vocab.to_tokens(i) for i in ids]

    def run(self):
        with torch.no_grad():
            ids = self.cut(self.ids())
            if not ids:
                length = min(len(self.sentence) + 1, self.result["num_steps"])
                return [], np.zeros((0, length), dtype=np.float32)
            _, attention, length = read(self.result, self.sentence, [self.question(ids)])
            return self.words(ids), self.columns(attention[0], length).numpy()


@accept("greedy by hand for one beam, each prefix read anew")
def translate(result, sentence, beam=1):
    class Other(Search):
        def ids(self):
            if self.beam > 1:
                return super().ids()
            ids = [self.bos]
            while ids[-1] != self.eos and len(ids) <= self.result["num_steps"]:
                ids.append(int(self.logp([tuple(ids)])[0].argmax()))
            return ids[1:]

    return Other(result, sentence, beam).run()


@reject(
    "loss over the padding",
    "The loss counts the padding of the targets: then “always <pad>” is a good model. Its lengths are y_len.",
)
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def counted(self, rows):
            return torch.full_like(self.y_len[rows], self.num_steps)

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject(
    "targets not shifted",
    "The decoder reads the very token that it is to predict: the loss falls to 0 and translations are garbage. Shift right.",
)
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def shifted(self):
            return self.y

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject(
    "gradients not clipped",
    "The gradients are not clipped to a norm of 1: recurrent networks now and then have huge ones.",
)
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def clip(self):
            pass

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("gradients not cleared", "Gradients add up over the batches: clear them before each backward().")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def clear(self):
            pass

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject(
    "attention cut at the target's length",
    "init_state got the lengths of the TARGETS. The decoder looks at the source: how much of it is real, x_len says.",
)
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def seen(self, rows):
            return self.y_len[rows]

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("attention over the padding", "init_state got the full length for every source: the decoder looks at padding.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def seen(self, rows):
            return torch.full_like(self.x_len[rows], self.num_steps)

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("encoder not trained", "Only the decoder's parameters are trained: give Adam those of both.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def trained(self):
            return list(self.model["decoder"].parameters())

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("plain gradient descent", "These are the losses of plain gradient descent. The task asks for Adam.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def optimizer(self):
            return torch.optim.SGD(self.params, lr=self.lr)

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject(
    "batches weigh alike",
    "The mean of the batch means lets tokens of small batches count more. Weigh each batch by its target tokens.",
)
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def mean(self, losses, tokens):
            return sum(losses) / len(losses)

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("last batch dropped", "The pairs that do not fill a whole batch are never used.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def batches(self, epoch):
            full = super().batches(epoch)
            return full[: max(1, self.n // self.batch_size)]

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("pairs in the order of the list", "The pairs come in the order of the list in every epoch: shuffle.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def order(self, epoch):
            return torch.arange(self.n)

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("one order for all epochs", "You shuffled once, before the epochs. Each epoch has a new order.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def order(self, epoch):
            return torch.randperm(self.n, generator=torch.Generator().manual_seed(self.seed + 1))

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("seed ignored", "Each run begins with other weights: torch.manual_seed(seed) comes before the model.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def sow(self):
            torch.seed()

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("one vocabulary for both", "Source and target have a vocabulary each; yours mixes both languages in one.")
def train_seq2seq(pairs, *, num_steps=10, emb=64, hidden=128, lr=5e-3, batch_size=64, epochs=40, seed=0):
    class Wrong(Trainer):
        def vocabularies(self, sources, targets):
            self.src = self.tgt = Vocab([*sources, *targets], 0, ["<pad>", "<bos>", "<eos>"])

    return train(Wrong, pairs, num_steps, emb, hidden, lr, batch_size, epochs, seed)


@reject("beam ignored", "`beam` has no effect: these are the tokens of a greedy search.")
def translate(result, sentence, beam=1):
    return Search(result, sentence, 1).run()


@reject("<eos> left in the translation", "<eos> ends the search and is no word: take it off.")
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def cut(self, ids):
            return ids

    return Wrong(result, sentence, beam).run()


@reject(
    "goes on behind <eos>", "The translation goes on behind <eos> until num_steps tokens are full. <eos> is the end."
)
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def ids(self):
            ids = [self.bos]
            while len(ids) <= self.result["num_steps"]:
                ids.append(int(self.logp([tuple(ids)])[0].argmax()))
            return ids[1:]

        def cut(self, ids):
            return [i for i in ids if i != self.eos]

    return Wrong(result, sentence, beam).run()


@reject(
    "attention of the wrong step",
    "The attention for a token is that of the step that PREDICTS it: the decoder reads <bos> and all tokens but the last.",
)
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def question(self, ids):
            return list(ids)

    return Wrong(result, sentence, beam).run()


@reject("padding in the attention", "The columns are the source's tokens with its <eos>; yours go on over the padding.")
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def columns(self, attention, length):
            return attention

    return Wrong(result, sentence, beam).run()


@reject(
    "attention without <eos>",
    "The source's <eos> is looked at as well: its column belongs to it, or the rows do not sum to 1.",
)
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def columns(self, attention, length):
            return attention[:, : len(self.sentence)]

    return Wrong(result, sentence, beam).run()


@reject(
    "logits for the search",
    "beam_search adds log-probabilities; logits of different prefixes cannot be compared. log_softmax.",
)
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def logp(self, prefixes):
            return read(self.result, self.sentence, prefixes, len(prefixes))[0][:, -1].numpy()

    return Wrong(result, sentence, beam).run()


@reject(
    "no room for an empty translation",
    "Where <eos> comes first there is no token, and so no row of attention: the array is (0, S). Yours has a row for <eos>.",
)
def translate(result, sentence, beam=1):
    class Wrong(Search):
        def run(self):
            with torch.no_grad():
                ids = self.cut(self.ids())
                _, attention, length = read(self.result, self.sentence, [self.question(ids)])
                return self.words(ids), self.columns(attention[0], length).numpy()

    return Wrong(result, sentence, beam).run()


waive(
    "translate.step: torch.log_softmax(read(prefixes)[:, -1], dim=-1) → torch.log_softmax(read(prefixes)[:, -1], dim=1)",
    "of two axes, 1 is the last",
)
waive(
    "translate: np.zeros((0, int(x_len)), np.float32) → np.ones((0, int(x_len)), np.float32)",
    "an array without rows holds no numbers",
)
