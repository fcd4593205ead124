"""Other right ways to write the decoder with attention, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject, waive
from tutor.mine import AdditiveAttention


class Base(nn.Module):
    """The decoder in small pieces, of which each variant has one of its own."""

    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.attention = AdditiveAttention(hidden, hidden, hidden, self.attention_dropout(dropout))
        self.rnn = nn.GRU(self.width(emb, hidden), hidden, layers, dropout=self.layer_dropout(dropout, layers))
        self.dense = nn.Linear(hidden, vocab)
        self.attention_weights = []

    def width(self, emb, hidden):
        return emb + hidden

    def attention_dropout(self, dropout):
        return dropout

    def layer_dropout(self, dropout, layers):
        return dropout if layers > 1 else 0.0

    def init_state(self, enc, valid_len):
        return [enc[0], enc[1], valid_len]

    def begin(self):
        self.attention_weights = []

    def query(self, h, start):
        return h[-1].unsqueeze(1)

    def context(self, query, outputs, valid_len):
        return self.attention(query, outputs, outputs, valid_len)

    def keep(self):
        self.attention_weights.append(self.attention.weights.squeeze(1))

    def read(self, context, x):
        return torch.cat([context, x], dim=-1)

    def after(self, state, h):
        return [state[0], h, state[2]]

    def forward(self, y_in, state):
        outputs, h, valid_len = state
        self.begin()
        logits, start = [], h
        for t in range(y_in.shape[1]):
            context = self.context(self.query(h, start), outputs, valid_len)
            self.keep()
            x = self.read(context, self.embedding(y_in[:, t : t + 1]))
            out, h = self.rnn(x.transpose(0, 1), h)
            logits.append(self.dense(out[0]))
        return torch.stack(logits, dim=1), self.after(state, h)


@accept("time first in the GRU, logits step by step")
class AttentionDecoder(Base):
    pass


@accept("keys projected once for all steps")
class AttentionDecoder(Base):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers, dropout)
        self.p = dropout

    def context(self, query, outputs, valid_len):
        features = torch.tanh(self.attention.w_q(query) + self.attention.w_k(outputs))
        scores = self.attention.w_v(features).squeeze(-1)
        behind = torch.arange(outputs.shape[1], device=outputs.device) >= valid_len[:, None]
        self.now = torch.softmax(scores.masked_fill(behind, -torch.inf), dim=-1)
        return F.dropout(self.now, self.p, self.training)[:, None] @ outputs

    def keep(self):
        self.attention_weights.append(self.now.detach())


@accept("a state of more parts, and a copy of the list")
class AttentionDecoder(Base):
    def init_state(self, enc, valid_len):
        return [enc[0], enc[1], valid_len, 0]

    def forward(self, y_in, state):
        logits, after = super().forward(y_in, state[:3])
        new = list(state)
        new[1], new[3] = after[1], state[3] + y_in.shape[1]
        return logits, new


@reject(
    "query from the start",
    "Every step of a call gets the same context: you ask once, or always with the state that came in. The query is the "
    "state after the step BEFORE, so ask inside the loop.",
)
class AttentionDecoder(Base):
    def query(self, h, start):
        return start[-1].unsqueeze(1)


@reject("bottom layer asks", "You ask with the state of the bottom layer, h[0]. The query is the TOP layer's: h[-1].")
class AttentionDecoder(Base):
    def query(self, h, start):
        return h[0].unsqueeze(1)


@reject(
    "layers taken for samples",
    "h is (layers, N, H), layers first. The query needs (N, 1, H): h[-1] and a new axis in the middle.",
)
class AttentionDecoder(Base):
    def query(self, h, start):
        return h[-1:]


@reject(
    "asks after the step",
    "You ask with the state after the step and use the answer one step later. The context of step t comes before "
    "step t, from the state of t - 1.",
)
class AttentionDecoder(Base):
    def forward(self, y_in, state):
        outputs, h, valid_len = state
        self.begin()
        logits, context = [], torch.zeros_like(outputs[:, :1])
        for t in range(y_in.shape[1]):
            x = self.read(context, self.embedding(y_in[:, t : t + 1]))
            out, h = self.rnn(x.transpose(0, 1), h)
            context = self.context(self.query(h, h), outputs, valid_len)
            self.keep()
            logits.append(self.dense(out[0]))
        return torch.stack(logits, dim=1), self.after(state, h)


@reject(
    "the encoder's last state as context",
    "These are the numbers of the decoder WITHOUT attention, which reads the encoder's last state at every step.",
)
class AttentionDecoder(Base):
    def context(self, query, outputs, valid_len):
        super().context(query, outputs, valid_len)
        return query


@reject("lengths ignored", "valid_len did not reach the attention: it looks at the padding of the source.")
class AttentionDecoder(Base):
    def context(self, query, outputs, valid_len):
        return self.attention(query, outputs, outputs)


@reject(
    "embedding before the context",
    "The GRU reads [context, embedding], in this order; yours has the embedding first. It would learn as well, but "
    "weights that were saved by one do not fit the other.",
)
class AttentionDecoder(Base):
    def read(self, context, x):
        return torch.cat([x, context], dim=-1)


@reject(
    "context added instead of appended", "Context and embedding stand side by side, hidden + emb numbers: torch.cat."
)
class AttentionDecoder(Base):
    def width(self, emb, hidden):
        return hidden

    def read(self, context, x):
        return context + F.pad(x, (0, context.shape[-1] - x.shape[-1]))


@reject(
    "context after the GRU only",
    "The GRU reads the embedding alone here. The context goes INTO it, beside the embedding: its input is hidden + emb wide.",
)
class AttentionDecoder(Base):
    def __init__(self, vocab, emb, hidden, layers=1, dropout=0.0):
        super().__init__(vocab, emb, hidden, layers, dropout)
        self.dense = nn.Linear(2 * hidden, vocab)

    def width(self, emb, hidden):
        return emb


@reject(
    "state changed in place",
    "The caller's list was changed. Beam search goes on from one state in several ways: return a NEW list.",
)
class AttentionDecoder(Base):
    def after(self, state, h):
        state[1] = h
        return state


@reject(
    "state not carried on",
    "The state that you return still has the old h: single steps start from the beginning each time.",
)
class AttentionDecoder(Base):
    def after(self, state, h):
        return list(state)


@reject(
    "starts from zeros", "The decoder starts from the encoder's last state, all its layers; yours starts from zeros."
)
class AttentionDecoder(Base):
    def init_state(self, enc, valid_len):
        return [enc[0], torch.zeros_like(enc[1]), valid_len]


@reject(
    "all layers start from the top one",
    "Every layer starts from ITS state of the encoder; yours all start from the top layer's.",
)
class AttentionDecoder(Base):
    def init_state(self, enc, valid_len):
        return [enc[0], enc[1][-1:].repeat(len(enc[1]), 1, 1), valid_len]


@reject("weights of all calls", "attention_weights grows from call to call: start a new list in every forward.")
class AttentionDecoder(Base):
    def begin(self):
        pass


@reject(
    "weights with an axis too many",
    "Each entry of attention_weights is (N, T). Yours still has the axis of the one query.",
)
class AttentionDecoder(Base):
    def keep(self):
        self.attention_weights.append(self.attention.weights)


@reject(
    "weights squeezed bare",
    "squeeze() without a number takes every axis of length 1, also that of one sample or a source of one token.",
)
class AttentionDecoder(Base):
    def keep(self):
        self.attention_weights.append(self.attention.weights.squeeze())


@reject("weights of the last step only", "attention_weights holds one tensor for EVERY step of the call.")
class AttentionDecoder(Base):
    def keep(self):
        self.attention_weights = [self.attention.weights.squeeze(1)]


@reject("probabilities instead of logits", "Return logits: the loss takes the softmax itself.")
class AttentionDecoder(Base):
    def forward(self, y_in, state):
        logits, after = super().forward(y_in, state)
        return torch.softmax(logits, dim=-1), after


@reject(
    "attention without dropout", "`dropout` must reach the attention too; yours drops between the GRU's layers only."
)
class AttentionDecoder(Base):
    def attention_dropout(self, dropout):
        return 0.0


@reject("layers without dropout", "`dropout` must reach the GRU too, between its layers.")
class AttentionDecoder(Base):
    def layer_dropout(self, dropout, layers):
        return 0.0


@reject(
    "memory cut off from autograd", "No gradient reaches the encoder's outputs: it could not learn what to remember."
)
class AttentionDecoder(Base):
    def context(self, query, outputs, valid_len):
        return super().context(query, outputs.detach(), valid_len)


@reject("query cut off from autograd", "No gradient goes through the query: it is detached from the state.")
class AttentionDecoder(Base):
    def query(self, h, start):
        return h[-1].detach().unsqueeze(1)


waive(
    "AttentionDecoder.__init__: dropout if layers > 1 else 0.0 → dropout",
    "a GRU of one layer has no place between layers: PyTorch warns, and nothing is dropped",
)
waive(
    "AttentionDecoder.__init__: dropout if layers > 1 else 0.0 → dropout if layers > 1 else 1.0",
    "a GRU of one layer has no place between layers: PyTorch warns, and nothing is dropped",
)
waive(
    "AttentionDecoder.__init__: dropout if layers > 1 else 0.0 → dropout if layers > 1 else 0.5",
    "a GRU of one layer has no place between layers: PyTorch warns, and nothing is dropped",
)
waive(
    "AttentionDecoder.__init__: layers > 1 → layers >= 1",
    "a GRU of one layer has no place between layers: PyTorch warns, and nothing is dropped",
)
waive(
    "AttentionDecoder.__init__: layers > 1 → layers > 0",
    "a GRU of one layer has no place between layers: PyTorch warns, and nothing is dropped",
)
waive(
    "AttentionDecoder.__init__: self.attention_weights: list[torch.Tensor] = [] → (dropped)",
    "it only says that there will be such an attribute: forward sets it",
)
waive(
    "AttentionDecoder.forward: self.attention.weights[:, 0] → self.attention.weights[:, -1]",
    "there is one query, which is the first and the last",
)
