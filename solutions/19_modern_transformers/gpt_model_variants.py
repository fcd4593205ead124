"""Other right ways to write GPT, and the mistakes that people make."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from tutor.checks import accept, reject, waive
from tutor.mine import GPTBlock


class _Model(nn.Module):
    """The parts, and each step as a method of its own, for variants that differ in one of them."""

    def __init__(self, vocab, d_model, num_heads, layers, max_len):
        super().__init__()
        self.max_len = max_len
        self.tok, self.pos = nn.Embedding(vocab, d_model), nn.Embedding(max_len, d_model)
        self.blocks = nn.ModuleList([GPTBlock(d_model, num_heads) for _ in range(layers)])
        self.ln_f = nn.LayerNorm(d_model)
        self.start()

    def start(self):
        for name, value in self.named_parameters():
            if value.ndim == 2:
                nn.init.normal_(value, 0.0, 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(value)

    def refuse(self, ids):
        if ids.shape[1] > self.max_len:
            raise ValueError("too long")

    def embed(self, ids):
        return self.tok(ids) + self.pos(torch.arange(ids.shape[1], device=ids.device))

    def through(self, x):
        for block in self.blocks:
            x = block(x)
        return x

    def head(self, x):
        return F.linear(self.ln_f(x), self.tok.weight)

    def loss(self, logits, targets):
        return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))

    def forward(self, ids, targets=None):
        self.refuse(ids)
        logits = self.head(self.through(self.embed(ids)))
        return logits, None if targets is None else self.loss(logits, targets)

    def seen(self, ids):
        return ids[:, -self.max_len :]

    def cool(self, z, temperature):
        return z / temperature

    def keep(self, z, top_k):
        if top_k is None:
            return z
        return z.masked_fill(z < z.topk(min(top_k, z.shape[-1])).values[:, -1:], float("-inf"))

    def pick(self, z, temperature, top_k, generator):
        if temperature == 0:
            return z.argmax(-1, keepdim=True)
        p = torch.softmax(self.keep(self.cool(z, temperature), top_k), -1)
        return torch.multinomial(p, 1, generator=generator)

    def last(self, logits):
        return logits[:, -1]

    def write(self, ids, n, *how):
        for _ in range(n):
            z = self.last(self(self.seen(ids))[0])
            ids = torch.cat([ids, self.pick(z, *how)], 1)
        return ids

    def generate(self, ids, n, temperature=1.0, top_k=None, generator=None):
        before = self.training
        self.eval()
        with torch.no_grad():
            ids = self.write(ids, n, temperature, top_k, generator)
        return self.train(before) and ids


@accept("a tied head, filled in place, positions by arange")
class GPT(_Model):
    def __init__(self, vocab, d_model, num_heads, layers, max_len):
        super().__init__(vocab, d_model, num_heads, layers, max_len)
        self.lm_head = nn.Linear(d_model, vocab, bias=False)
        self.lm_head.weight = self.tok.weight

    def head(self, x):
        return self.lm_head(self.ln_f(x))

    def write(self, ids, n, *how):
        text = ids.new_zeros((len(ids), ids.shape[1] + n))
        text[:, : ids.shape[1]] = ids
        for t in range(ids.shape[1], text.shape[1]):
            text[:, t : t + 1] = self.pick(self(self.seen(text[:, :t]))[0][:, -1], *how)
        return text


@accept("the loss by hand, Gumbel noise instead of multinomial")
class GPT(_Model):
    def loss(self, logits, targets):
        return -logits.log_softmax(-1).gather(-1, targets[..., None]).mean()

    def pick(self, z, temperature, top_k, generator):
        if temperature == 0:
            return z.argmax(-1)[:, None]
        u = torch.rand(z.shape, generator=generator, device=z.device, dtype=z.dtype).clamp(1e-30)
        return (self.keep(z / temperature, top_k) - (-u.log()).log()).argmax(-1, keepdim=True)


@reject(
    "targets shifted again",
    "The targets are shifted already: position t of both belongs together. Do not shift once more.",
)
class GPT(_Model):
    def loss(self, logits, targets):
        if logits.shape[1] == 1:
            return super().loss(logits, targets)
        return super().loss(logits[:, :-1], targets[:, 1:])


@reject(
    "final norm missing", "The stream was never normalised: pre-norm needs one last LayerNorm before the output layer."
)
class GPT(_Model):
    def head(self, x):
        return F.linear(x, self.tok.weight) + 0 * self.ln_f(x).sum()


@reject("final norm before the blocks", "ln_f comes after the last block, before the output layer.")
class GPT(_Model):
    def through(self, x):
        return super().through(self.ln_f(x))

    def head(self, x):
        return F.linear(x, self.tok.weight)


@reject(
    "embedding not tied",
    "The output layer has a matrix of its own. Tied means: the rows of tok.weight judge the output.",
)
class GPT(_Model):
    def __init__(self, vocab, d_model, num_heads, layers, max_len):
        super().__init__(vocab, d_model, num_heads, layers, max_len)
        self.lm_head = nn.Linear(d_model, vocab, bias=False)

    def head(self, x):
        return self.lm_head(self.ln_f(x))


@reject(
    "copy instead of a tie",
    "Your output weights are cut off from the graph: the embedding's gradient must come from both ends.",
)
class GPT(_Model):
    def head(self, x):
        return F.linear(self.ln_f(x), self.tok.weight.detach())


@reject(
    "embedding scaled by √d",
    "Scaling the embeddings by √d belongs to the Transformer of 2017. GPT adds them as they are.",
)
class GPT(_Model):
    def embed(self, ids):
        return self.tok(ids) * self.tok.weight.shape[1] ** 0.5 + self.pos.weight[: ids.shape[1]]


@reject("positions forgotten", "Nothing says where a token stands: add the position embeddings.")
class GPT(_Model):
    def embed(self, ids):
        return self.tok(ids) + 0 * self.pos.weight.sum()


@reject("positions from the end", "The first token has position 0, also in a text shorter than max_len.")
class GPT(_Model):
    def embed(self, ids):
        return self.tok(ids) + self.pos.weight[self.max_len - ids.shape[1] :]


@reject("one position for all", "Every token got position 0. Token t gets row t.")
class GPT(_Model):
    def embed(self, ids):
        return self.tok(ids) + self.pos.weight[0]


@reject(
    "one block, used L times",
    "`[block] * layers` is one block, L times the same. Make a new one for each layer.",
)
class GPT(_Model):
    def __init__(self, vocab, d_model, num_heads, layers, max_len):
        super().__init__(vocab, d_model, num_heads, layers, max_len)
        self.blocks = nn.ModuleList([self.blocks[0]] * layers)


@reject(
    "blocks in a Python list",
    "nn.Module does not look into a Python list: the blocks have no parameters then. Use nn.ModuleList.",
)
class GPT(_Model):
    def __init__(self, vocab, d_model, num_heads, layers, max_len):
        super().__init__(vocab, d_model, num_heads, layers, max_len)
        self.start()
        blocks, self.blocks = list(self.blocks), None
        self.parts = blocks

    def through(self, x):
        for block in self.parts:
            x = block(x)
        return x


@reject("only the first block", "A block is left out: the text goes through all of them, one after the other.")
class GPT(_Model):
    def through(self, x):
        return self.blocks[0](x)


@reject("softmax at the end", "Return logits. Cross-entropy takes the softmax itself.")
class GPT(_Model):
    def head(self, x):
        return super().head(x).softmax(-1)


@reject("sum of the losses", "The loss is the mean over all positions, not their sum.")
class GPT(_Model):
    def loss(self, logits, targets):
        return super().loss(logits, targets) * targets.numel()


@reject("loss of the last position", "Every position predicts its next token: the loss is the mean over all of them.")
class GPT(_Model):
    def loss(self, logits, targets):
        return F.cross_entropy(logits[:, -1], targets[:, -1])


@reject(
    "classes and positions exchanged",
    "Your reshape tears the logits apart: flatten (N, T, V) to (N·T, V), nothing else.",
)
class GPT(_Model):
    def loss(self, logits, targets):
        return F.cross_entropy(logits.reshape(len(logits), logits.shape[-1], -1), targets)


@reject("too long unnoticed", "More tokens than positions must raise ValueError, not be cut in silence.")
class GPT(_Model):
    def refuse(self, ids):
        pass

    def embed(self, ids):
        where = torch.arange(ids.shape[1], device=ids.device).clamp(max=self.max_len - 1)
        return self.tok(ids) + self.pos(where)


@reject("max_len itself refused", "Exactly max_len tokens are allowed.")
class GPT(_Model):
    def refuse(self, ids):
        if ids.shape[1] >= self.max_len:
            raise ValueError("too long")

    def seen(self, ids):
        return ids[:, -(self.max_len - 1) :]


@reject(
    "PyTorch's own start",
    "Weights start as N(0, 0.02²). nn.Embedding draws from N(0, 1): tied, its logits are huge at the start.",
)
class GPT(_Model):
    def start(self):
        pass


@reject("start of 0.2", "The spread of the weights is 0.02; yours is ten times that.")
class GPT(_Model):
    def start(self):
        super().start()
        with torch.no_grad():
            for value in self.parameters():
                if value.ndim == 2:
                    value *= 10


@reject("embeddings start apart", "The embeddings, too, start as N(0, 0.02²): they are the output layer.")
class GPT(_Model):
    def start(self):
        super().start()
        nn.init.normal_(self.tok.weight)


@reject("biases left as they were drawn", "Every bias starts at 0.")
class GPT(_Model):
    def start(self):
        for value in self.parameters():
            if value.ndim == 2:
                nn.init.normal_(value, 0.0, 0.02)


@reject(
    "norms drawn, too", "The norms start as they are, with weights of 1: only linear layers and embeddings are drawn."
)
class GPT(_Model):
    def start(self):
        super().start()
        for name, value in self.named_parameters():
            if ".ln" in f".{name}" and name.endswith("weight"):
                nn.init.normal_(value, 0.0, 0.02)


@reject(
    "only the last token goes in", "generate feeds only the last token: without a cache the text before it is lost."
)
class GPT(_Model):
    def seen(self, ids):
        return ids[:, -1:]


@reject("context not cropped", "Beyond max_len tokens there are no positions: give the model the LAST max_len tokens.")
class GPT(_Model):
    def seen(self, ids):
        return ids


@reject("the first max_len tokens", "You cut off the newest tokens. The model sees the LAST max_len.")
class GPT(_Model):
    def seen(self, ids):
        return ids[:, : self.max_len]


@reject("context one too short", "The model may see max_len tokens; you give it one less.")
class GPT(_Model):
    def seen(self, ids):
        return ids[:, -(self.max_len - 1) :]


@reject("temperature multiplies", "Divide by the temperature: below 1 the likely become likelier.")
class GPT(_Model):
    def cool(self, z, temperature):
        return z * temperature


@reject("temperature ignored", "The temperature has no effect.")
class GPT(_Model):
    def cool(self, z, temperature):
        return z


@reject("division by temperature 0", "Dividing by 0 gives inf and NaN. Temperature 0 means: the largest logit.")
class GPT(_Model):
    def pick(self, z, temperature, top_k, generator):
        p = torch.softmax(self.keep(z / temperature, top_k), -1)
        return torch.multinomial(p, 1, generator=generator)


@reject("always the likeliest", "You take the largest every time. Only temperature 0 and top_k = 1 do; otherwise draw.")
class GPT(_Model):
    def pick(self, z, temperature, top_k, generator):
        return z.argmax(-1, keepdim=True)


@reject("top_k ignored", "top_k has no effect.")
class GPT(_Model):
    def keep(self, z, top_k):
        return z


@reject("top_k beyond V", "top_k may be larger than the vocabulary: torch.topk wants min(top_k, V).")
class GPT(_Model):
    def keep(self, z, top_k):
        return z if top_k is None else z.masked_fill(z < z.topk(top_k).values[:, -1:], float("-inf"))


@reject(
    "generator ignored", "The draw does not come from the generator: pass generator=generator to torch.multinomial."
)
class GPT(_Model):
    def pick(self, z, temperature, top_k, generator):
        return super().pick(z, temperature, top_k, None)


@reject("logits of the first position", "The next token follows the LAST one: logits[:, -1].")
class GPT(_Model):
    def last(self, logits):
        return logits[:, 0]


@reject("only the new tokens", "The result begins with the ids that were given: (N, T + n).")
class GPT(_Model):
    def generate(self, ids, n, temperature=1.0, top_k=None, generator=None):
        return super().generate(ids, n, temperature, top_k, generator)[:, ids.shape[1] :]


@reject("mode not restored", "After generate the model is left in evaluation mode. Put it back as it was.")
class GPT(_Model):
    def generate(self, ids, n, temperature=1.0, top_k=None, generator=None):
        self.eval()
        with torch.no_grad():
            return self.write(ids, n, temperature, top_k, generator)


@reject(
    "always in training mode afterwards",
    "The model was in evaluation mode and is in training mode now. Remember how it was.",
)
class GPT(_Model):
    def generate(self, ids, n, temperature=1.0, top_k=None, generator=None):
        ids = super().generate(ids, n, temperature, top_k, generator)
        return self.train() and ids


waive("GPT.generate: self.eval() → (dropped)", "this model has no dropout; who adds one will need it")
waive("GPT.generate: self.eval() → self.train()", "this model has no dropout; who adds one will need it")
waive(
    "_draw: logits.argmax(dim=-1, keepdim=True) → logits.argmax(dim=1, keepdim=True)",
    "there are two axes, and 1 is the last one",
)
waive(
    "_draw: logits.topk(min(top_k, logits.shape[-1]), dim=-1) → logits.topk(min(top_k, logits.shape[-1]))",
    "the last axis is the default",
)
waive(
    "_draw: min(top_k, logits.shape[-1]) → min(logits.shape[-1], top_k)",
    "the smaller of two numbers has no order",
)
waive("_draw: logits.shape[-1] → logits.shape[1]", "there are two axes, and 1 is the last one")
waive(
    "_draw: logits.topk(min(top_k, logits.shape[-1]), dim=-1) → logits.topk(min(top_k, logits.shape[-1]), dim=1)",
    "there are two axes, and 1 is the last one",
)
waive(
    "_draw: (logits / temperature).softmax(dim=-1) → (logits / temperature).softmax(dim=1)",
    "there are two axes, and 1 is the last one",
)
