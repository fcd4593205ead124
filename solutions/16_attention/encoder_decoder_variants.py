"""Other right ways to build encoder and decoder, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tutor.checks import accept, reject, waive


class Reads(nn.Module):
    """The parts of an encoder, for variants that use them in another way."""

    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.GRU(emb, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)

    def forward(self, x, valid_len):
        return self.packed(self.embedding(x), valid_len)

    def packed(self, e, valid_len):
        packed = pack_padded_sequence(e, valid_len.cpu(), batch_first=True, enforce_sorted=False)
        out, h = self.rnn(packed)
        return pad_packed_sequence(out, batch_first=True, total_length=e.shape[1])[0], h


class Writes(nn.Module):
    """The parts of a decoder, and its usual forward pass in pieces."""

    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.rnn = nn.GRU(emb + hidden, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.dense = nn.Linear(hidden, vocab)

    def init_state(self, enc, valid_len):
        return enc[1], enc[1][-1]

    def read(self, y_in, context):
        return torch.cat([self.embedding(y_in), context[:, None].expand(-1, y_in.shape[1], -1)], dim=-1)

    def forward(self, y_in, state):
        h, context = state
        out, h = self.rnn(self.read(y_in, context), h)
        return self.dense(out), (h, context)


@accept("one step at a time; a sentence that has ended keeps its state")
class Encoder(Reads):
    def forward(self, x, valid_len):
        h = torch.zeros(self.rnn.num_layers, len(x), self.rnn.hidden_size).to(self.embedding.weight)
        outputs = []
        for t, e in enumerate(self.embedding(x).unbind(1)):
            alive = (t < valid_len)[:, None]  # (N, 1)
            out, new = self.rnn(e[:, None], h)
            h = torch.where(alive, new, h)
            outputs.append(torch.where(alive, out[:, 0], 0.0))
        return torch.stack(outputs, dim=1), h


@accept("sorted by hand")
class Encoder(Reads):
    def forward(self, x, valid_len):
        order = torch.argsort(valid_len, descending=True)
        back = torch.argsort(order)
        packed = pack_padded_sequence(self.embedding(x[order]), valid_len[order].cpu(), batch_first=True)
        out, h = self.rnn(packed)
        out, _ = pad_packed_sequence(out, batch_first=True)
        outputs = out.new_zeros(*x.shape, out.shape[-1])
        outputs[:, : out.shape[1]] = out[back]
        return outputs, h[:, back]


@accept("each sentence by itself")
class Encoder(Reads):
    def forward(self, x, valid_len):
        outputs, states = [], []
        for row, n in zip(x, valid_len.tolist(), strict=False):
            out, h = self.rnn(self.embedding(row[:n]))
            outputs.append(nn.functional.pad(out, (0, 0, 0, len(row) - n)))
            states.append(h)
        return torch.stack(outputs), torch.stack(states, dim=1)


@accept("a list as the state, the context repeated")
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return [enc[1], enc[1][-1].unsqueeze(1)]

    def forward(self, y_in, state):
        context = state[1].repeat(1, y_in.shape[1], 1)
        out, h = self.rnn(torch.cat((self.embedding(y_in), context), dim=2), state[0])
        return self.dense(out), [h, state[1]]


@accept("word by word")
class Decoder(Writes):
    def forward(self, y_in, state):
        h, context = state
        logits = []
        for y in y_in.T:
            out, h = self.rnn(torch.cat([self.embedding(y), context], dim=1).unsqueeze(1), h)
            logits.append(self.dense(out))
        return torch.cat(logits, dim=1), (h, context)


@reject(
    "encoder state at the last column",
    "That is the state after reading the padding. Take it after the last VALID token: pack the sequence.",
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, h = self.rnn(self.embedding(x))
        keep = torch.arange(x.shape[1], device=x.device) < valid_len[:, None]
        return torch.where(keep[..., None], out, 0.0), h


@reject(
    "padding embedded as zeros",
    "Zero embeddings do not stop a GRU: its biases and its own state go on moving it. Pack the sequence.",
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        keep = (torch.arange(x.shape[1], device=x.device) < valid_len[:, None])[..., None]
        out, h = self.rnn(torch.where(keep, self.embedding(x), 0.0))
        return torch.where(keep, out, 0.0), h


@reject(
    "outputs at the padding",
    "Beyond the valid length the outputs are to be 0; yours are states that have read padding.",
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        return self.rnn(self.embedding(x))[0], self.packed(self.embedding(x), valid_len)[1]


@reject(
    "outputs cut to the longest sentence",
    "pad_packed_sequence returns as many steps as the longest sentence has. Ask for total_length=x.shape[1].",
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, h = self.packed(self.embedding(x), valid_len)
        return out[:, : int(valid_len.max())], h


@reject("one token too few", "The last valid token, at valid_len - 1, was not read.")
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, _ = self.packed(self.embedding(x), valid_len)
        return out, self.packed(self.embedding(x), (valid_len - 1).clamp(min=1))[1]


@reject("one token too many", "A token of padding was read: the last valid one is at valid_len - 1.")
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, _ = self.packed(self.embedding(x), valid_len)
        return out, self.packed(self.embedding(x), (valid_len + 1).clamp(max=x.shape[1]))[1]


@reject(
    "sorted and not sorted back",
    "The batch was sorted by length and stayed sorted: every state belongs to another sentence now.",
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        order = torch.argsort(valid_len, descending=True, stable=True)
        return self.packed(self.embedding(x[order]), valid_len[order])


@reject("only sorted batches", "pack_padded_sequence wants the longest sentence first, unless enforce_sorted=False.")
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, h = self.rnn(pack_padded_sequence(self.embedding(x), valid_len.cpu(), batch_first=True))
        return pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])[0], h


@reject(
    "only the top layer's state",
    "h holds the state of EVERY layer; gathering from the outputs gives the top one alone.",
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, h = self.packed(self.embedding(x), valid_len)
        return out, h[-1:]


@reject("the top layer's state for every layer", "Each layer starts from its own state; yours all get the top layer's.")
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, h = self.packed(self.embedding(x), valid_len)
        return out, h[-1:].expand_as(h).clone()


@reject("layers ignored", "The GRU has one layer, whatever `layers` says: it is the third argument of nn.GRU.")
class Encoder(Reads):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden)


@reject(
    "not batch_first", "Without batch_first=True the GRU takes the sentences for steps and the steps for sentences."
)
class Encoder(Reads):
    def forward(self, x, valid_len):
        out, h = self.rnn(self.embedding(x).transpose(0, 1))
        return out.transpose(0, 1), h[:, :1].expand(-1, len(x), -1).clone()


@reject("dropout on the embedding", "Dropout belongs between the layers of the GRU, not on the words.")
class Encoder(Reads):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers, dropout)
        self.p = dropout

    def forward(self, x, valid_len):
        return self.packed(nn.functional.dropout(self.embedding(x), self.p, self.training), valid_len)


@reject("dropout forgotten", "The encoder's GRU has no dropout: hand the argument on to nn.GRU.")
class Encoder(Reads):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers)


@reject(
    "context added", "The context is appended to the embedding, not added to it: the GRU reads emb + hidden numbers."
)
class Decoder(Writes):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers, dropout)
        self.rnn = nn.GRU(emb, hidden, layers, batch_first=True)

    def read(self, y_in, context):
        return self.embedding(y_in) + context[:, None, : self.embedding.embedding_dim]


@reject("context in front", "The order is [embedding, context]; with loaded weights it matters which comes first.")
class Decoder(Writes):
    def read(self, y_in, context):
        return torch.cat([context[:, None].expand(-1, y_in.shape[1], -1), self.embedding(y_in)], dim=-1)


@reject(
    "context recomputed from the decoder's state",
    "The context was taken from the decoder's own state at each call. It is what the ENCODER ended with: keep it in the state.",
)
class Decoder(Writes):
    def forward(self, y_in, state):
        logits, (h, _) = super().forward(y_in, state)
        return logits, (h, h[-1])


@reject(
    "context of each step from the state before",
    "At each step you appended the decoder's own last state. The context is fixed: what the encoder ended with.",
)
class Decoder(Writes):
    def forward(self, y_in, state):
        h, _ = state
        logits = []
        for t in range(y_in.shape[1]):
            out, h = self.rnn(self.read(y_in[:, t : t + 1], h[-1]), h)
            logits.append(self.dense(out))
        return torch.cat(logits, dim=1), (h, h[-1])


@reject(
    "context only at the first word", "The decoder reads the context with EVERY word, not with the first one alone."
)
class Decoder(Writes):
    def read(self, y_in, context):
        both = super().read(y_in, context)
        width = self.embedding.embedding_dim
        later = torch.cat([both[:, 1:, :width], torch.zeros_like(both[:, 1:, width:])], dim=-1)
        return torch.cat([both[:, :1], later], dim=1)


@reject("context from the bottom layer", "h[0] is the first layer. The context is the top one: h[-1].")
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return enc[1], enc[1][0]


@reject(
    "context from the last output",
    "outputs[:, -1] is 0 for every sentence that is followed by padding. The last valid state is in h.",
)
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return enc[1], enc[0][:, -1]


@reject("the GRU starts from zeros", "The decoder's GRU has to start from the encoder's h; yours starts from 0.")
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return torch.zeros_like(enc[1]), enc[1][-1]


@reject(
    "every layer starts from the top state",
    "Layer by layer: each of the decoder's layers starts where the same layer of the encoder ended.",
)
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return enc[1][-1:].expand_as(enc[1]).contiguous(), enc[1][-1]


@reject("the state stays the first one", "The state after the call is the one that came in: return the GRU's new h.")
class Decoder(Writes):
    def forward(self, y_in, state):
        return super().forward(y_in, state)[0], state


@reject(
    "state kept in the module",
    "The state hides in `self`, so the one that comes in does not count. Take it from the argument, and return the next one.",
)
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        self.kept = super().init_state(enc, valid_len)
        return self.kept

    def forward(self, y_in, state):
        logits, self.kept = super().forward(y_in, self.kept)
        return logits, self.kept


@reject(
    "state changed in place",
    "The state that came in was overwritten; who wants to go on from it twice cannot. Return a new one.",
)
class Decoder(Writes):
    def forward(self, y_in, state):
        logits, (h, context) = super().forward(y_in, state)
        state[0].data.copy_(h)
        return logits, (state[0], context)


@reject("softmax inside", "The decoder gives logits; the loss applies the softmax itself.")
class Decoder(Writes):
    def forward(self, y_in, state):
        logits, state = super().forward(y_in, state)
        return torch.softmax(logits, dim=-1), state


@reject("log-softmax inside", "These are log-probabilities. Return the logits as dense gives them.")
class Decoder(Writes):
    def forward(self, y_in, state):
        logits, state = super().forward(y_in, state)
        return torch.log_softmax(logits, dim=-1), state


@reject("logits of the last word only", "Every step has logits: (N, T', vocab). Yours are those of the last step.")
class Decoder(Writes):
    def forward(self, y_in, state):
        logits, state = super().forward(y_in, state)
        return logits[:, -1:], state


@reject("context without gradient", "detach() cuts the encoder off: through the context it learns what to hand over.")
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return enc[1], enc[1][-1].detach()


@reject("state without gradient", "detach() cuts the encoder off: through h it learns what to hand over.")
class Decoder(Writes):
    def init_state(self, enc, valid_len):
        return enc[1].detach(), enc[1][-1]


@reject("the decoder's dropout forgotten", "The decoder's GRU has no dropout: hand the argument on to nn.GRU.")
class Decoder(Writes):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers)


@reject("dropout before dense", "Dropout belongs between the layers of the GRU, not in front of the last linear layer.")
class Decoder(Writes):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers, dropout)
        self.p = dropout

    def forward(self, y_in, state):
        h, context = state
        out, h = self.rnn(self.read(y_in, context), h)
        return self.dense(nn.functional.dropout(out, self.p, self.training)), (h, context)


waive(
    "Encoder.__init__: nn.GRU(emb, hidden, layers, batch_first=True, dropout=dropout) → nn.GRU(emb, hidden, layers, dropout=dropout)",
    "a packed sequence carries its own order; batch_first is about tensors",
)
waive(
    "Encoder.__init__: nn.GRU(emb, hidden, layers, batch_first=True, dropout=dropout) → nn.GRU(emb, hidden, layers, batch_first=False, dropout=dropout)",
    "a packed sequence carries its own order; batch_first is about tensors",
)
