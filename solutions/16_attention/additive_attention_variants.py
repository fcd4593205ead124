"""Other right ways to write additive attention, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject, waive
from tutor.mine import masked_softmax


class Base(nn.Module):
    """The module in small pieces, of which each variant has one of its own."""

    bias = False

    def __init__(self, q_dim, k_dim, hidden, dropout=0.0):
        super().__init__()
        self.w_q = nn.Linear(q_dim, hidden, bias=self.bias)
        self.w_k = nn.Linear(k_dim, hidden, bias=self.bias)
        self.w_v = nn.Linear(hidden, 1, bias=self.bias)
        self.p = dropout

    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1))).squeeze(-1)

    def drop(self, weights):
        return F.dropout(weights, self.p, self.training)

    def forward(self, q, k, v, valid_len=None):
        self.weights = masked_softmax(self.scores(q, k), valid_len)
        return torch.bmm(self.drop(self.weights), v)


@accept("functional dropout, weights with their graph")
class AdditiveAttention(Base):
    pass


@accept("a loop over the queries")
class AdditiveAttention(Base):
    def scores(self, q, k):
        keys = self.w_k(k)
        rows = [torch.tanh(self.w_q(q[:, i : i + 1]) + keys) @ self.w_v.weight[0] for i in range(q.shape[1])]
        return torch.stack(rows, dim=1)


@accept("query and key side by side, one matrix for both")
class AdditiveAttention(Base):
    def scores(self, q, k):
        n, queries, keys = len(q), q.shape[1], k.shape[1]
        pairs = (q[:, :, None].expand(-1, -1, keys, -1), k[:, None].expand(n, queries, keys, -1))
        both = torch.cat((self.w_q.weight, self.w_k.weight), dim=1)
        return F.linear(torch.tanh(F.linear(torch.cat(pairs, -1), both)), self.w_v.weight)[..., 0]


@reject("tanh around the score", "tanh came after w_v. It belongs on the hidden layer: w_v · tanh(W_q q + W_k k).")
class AdditiveAttention(Base):
    def scores(self, q, k):
        return torch.tanh(self.w_v(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1)).squeeze(-1))


@reject(
    "no tanh",
    "Without tanh the query's part of the score is the same for all keys, and the softmax cancels it: every query gets the same.",
)
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1)).squeeze(-1)


@reject(
    "tanh of each before the sum",
    "tanh(W_q q) + tanh(W_k k) is additive again, and the query cancels. tanh of the SUM.",
)
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_q(q)).unsqueeze(2) + torch.tanh(self.w_k(k)).unsqueeze(1)).squeeze(-1)


@reject("ReLU instead of tanh", "The hidden layer has tanh here, not ReLU.")
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.relu(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1))).squeeze(-1)


@reject("sigmoid instead of tanh", "The hidden layer has tanh here, not a sigmoid.")
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.sigmoid(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1))).squeeze(-1)


@reject("product of query and key", "Query and key are ADDED in the hidden layer, that is where the name comes from.")
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_q(q).unsqueeze(2) * self.w_k(k).unsqueeze(1))).squeeze(-1)


@reject(
    "scaled by a root", "The division by √d belongs to the dot product. The tanh keeps these scores small by itself."
)
class AdditiveAttention(Base):
    def scores(self, q, k):
        return super().scores(q, k) / self.w_v.weight.shape[1] ** 0.5


@reject(
    "squeeze without a number",
    "squeeze() takes EVERY axis of length 1: with one sample, query or key it takes too much. squeeze(-1).",
)
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1))).squeeze()


@reject(
    "axes of queries and keys exchanged",
    "Your scores are (N, K, Q): the new axis went to the wrong place. Queries get theirs at 2, keys at 1.",
)
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_q(q).unsqueeze(1) + self.w_k(k).unsqueeze(2))).squeeze(-1)


@reject(
    "query number i with key number i only",
    "(N, Q, hidden) + (N, K, hidden) meets each query with ONE key, or with none. Every query meets every key: add an axis to both.",
)
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_q(q) + self.w_k(k))).squeeze(-1)


@reject("matrices exchanged", "w_q is for the queries (q_dim wide) and w_k for the keys.")
class AdditiveAttention(Base):
    def scores(self, q, k):
        return self.w_v(torch.tanh(self.w_k(q).unsqueeze(2) + self.w_q(k).unsqueeze(1))).squeeze(-1)


@reject(
    "with biases", "The three linear layers have no bias: bias=False. (That of w_v would cancel in the softmax anyway.)"
)
class AdditiveAttention(Base):
    bias = True


@reject("lengths ignored", "valid_len had no effect: padding is attended to.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        return super().forward(q, k, v)


@reject(
    "mask after the softmax", "The weights of the padding were erased after the softmax, the rest no longer sums to 1."
)
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        self.weights = torch.softmax(self.scores(q, k), dim=-1)
        if valid_len is not None:
            kept = torch.arange(k.shape[1], device=k.device) < valid_len.reshape(len(q), -1, 1)
            self.weights = self.weights * kept
        return self.drop(self.weights) @ v


@reject(
    "softmax over the queries",
    "Each query shares out its attention: the softmax runs over the keys, the last axis of the scores.",
)
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        scores = self.scores(q, k)
        if valid_len is not None:
            kept = torch.arange(k.shape[1], device=k.device) < valid_len.reshape(len(q), -1, 1)
            scores = scores.masked_fill(~kept, torch.finfo(scores.dtype).min)
        self.weights = torch.softmax(scores, dim=1)
        return self.drop(self.weights) @ v


@reject("keys mixed instead of values", "What is mixed are the VALUES; the keys were only compared.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        return super().forward(q, k, k, valid_len)


@reject("scores kept as weights", "self.weights must hold the weights, after the softmax; yours are the scores.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        out = super().forward(q, k, v, valid_len)
        self.weights = self.scores(q, k)
        return out


@reject(
    "weights kept from the first call", "self.weights must be those of the LAST call; yours stay as they were first."
)
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        first = getattr(self, "weights", None)
        out = super().forward(q, k, v, valid_len)
        self.weights = self.weights if first is None else first
        return out


@reject("weights not kept", "The attribute `weights` is missing: the lab and the heat map need it.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        return self.drop(masked_softmax(self.scores(q, k), valid_len)) @ v


@reject("weights kept after dropout", "self.weights has the holes of dropout: keep the weights before it.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        self.weights = self.drop(masked_softmax(self.scores(q, k), valid_len))
        return self.weights @ v


@reject("weights cut off from autograd", "The output was made with detached weights: w_q, w_k and w_v learn nothing.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        self.weights = masked_softmax(self.scores(q, k), valid_len).detach()
        return self.drop(self.weights) @ v


@reject(
    "dropout in evaluation too", "F.dropout drops unless it is told training=self.training: predictions become random."
)
class AdditiveAttention(Base):
    def drop(self, weights):
        return F.dropout(weights, self.p)


@reject("no dropout", "In training no weight was dropped.")
class AdditiveAttention(Base):
    def drop(self, weights):
        return weights


@reject("rest not scaled up", "What dropout leaves must be divided by 1 - p: nn.Dropout does.")
class AdditiveAttention(Base):
    def drop(self, weights):
        return F.dropout(weights, self.p, self.training) * ((1 - self.p) if self.training else 1)


@reject("dropout on the values", "It is the WEIGHTS that are dropped: a value dropped is gone for all queries at once.")
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        self.weights = masked_softmax(self.scores(q, k), valid_len)
        return self.weights @ self.drop(v)


@reject(
    "dropout on the hidden layer", "It is the attention WEIGHTS that are dropped, not the hidden units behind the tanh."
)
class AdditiveAttention(Base):
    def forward(self, q, k, v, valid_len=None):
        clean = self.scores(q, k)
        hidden = torch.tanh(self.w_q(q).unsqueeze(2) + self.w_k(k).unsqueeze(1))
        self.weights = masked_softmax(clean, valid_len)
        return masked_softmax(self.w_v(self.drop(hidden)).squeeze(-1), valid_len) @ v


waive(
    "AdditiveAttention.__init__: self.weights: torch.Tensor | None = None → (dropped)",
    "it only says that there will be such an attribute: forward sets it",
)
