"""Other right ways to write the model, and the mistakes that people make."""

from __future__ import annotations

import torch
from torch import nn

from tutor.checks import accept, reject, waive
from tutor.mine import DecoderBlock, EncoderBlock, embed_with_positions, sinusoidal_encoding


class Model(nn.Module):
    """The model in pieces; each variant overwrites what it does otherwise."""

    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__()
        self.src_embed, self.tgt_embed = nn.Embedding(src_vocab, d_model), nn.Embedding(tgt_vocab, d_model)
        self.start(d_model)
        self.register_buffer("pe", sinusoidal_encoding(max_len, d_model), persistent=False)
        self.dropout = nn.Dropout(dropout)
        self.encoder = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(layers)])
        self.decoder = nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(layers)])
        self.out = nn.Linear(d_model, tgt_vocab)

    def start(self, d_model):
        for e in (self.src_embed, self.tgt_embed):
            e.weight.data.normal_(0, d_model**-0.5)

    def embed(self, ids, embedding, offset=0):
        return self.dropout(embed_with_positions(ids, embedding.weight, self.pe, offset))

    def encode(self, src, src_len):
        x = self.embed(src, self.src_embed)
        for block in self.encoder:
            x = block(x, src_len)
        return x

    def decode(self, tokens, memory, src_len, caches, offset=0):
        y, new = self.embed(tokens, self.tgt_embed, offset), []
        for block, cache in zip(self.decoder, caches, strict=True):
            y, c = block(y, memory, src_len, cache)
            new.append(c)
        return self.out(y), new

    def nothing(self):
        return [None] * len(self.decoder)

    def forward(self, src, src_len, tgt_in):
        return self.decode(tgt_in, self.encode(src, src_len), src_len, self.nothing())[0]

    def greedy(self, src, src_len, bos, eos, max_len):
        before = self.training
        self.eval()
        with torch.no_grad():
            found = self.search(src, src_len, bos, eos, max_len)
        self.train(before)
        return found

    def search(self, src, src_len, bos, eos, max_len):
        memory, caches = self.encode(src, src_len), self.nothing()
        token = torch.full((src.shape[0], 1), bos, dtype=torch.int64, device=src.device)
        ended, found = token != token, []
        for t in range(max_len):
            logits, caches = self.step(token, memory, src_len, caches, t)
            token = torch.where(ended, eos, logits[:, -1:].argmax(-1))
            ended = ended | (token == eos)
            found.append(token)
            if self.done(ended):
                break
        return torch.cat(found, 1)

    def step(self, token, memory, src_len, caches, t):
        return self.decode(token, memory, src_len, caches, t)

    def done(self, ended):
        return bool(ended.all())


@accept("without a cache: the whole prefix again, the memory kept")
class Transformer(Model):
    def search(self, src, src_len, bos, eos, max_len):
        memory = self.encode(src, src_len)
        tokens = torch.full((len(src), 1), bos, device=src.device)
        for _ in range(max_len):
            logits, _ = self.decode(tokens, memory, src_len, self.nothing())
            best = logits[:, -1].argmax(-1)
            over = (tokens[:, 1:] == eos).any(1)
            tokens = torch.cat([tokens, torch.where(over, torch.full_like(best, eos), best)[:, None]], 1)
            if (tokens[:, 1:] == eos).any(1).all():
                break
        return tokens[:, 1:]


@accept("the table among what is saved; a result filled with <eos> beforehand")
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, layers, dropout, max_len)
        self._non_persistent_buffers_set.clear()

    def search(self, src, src_len, bos, eos, max_len):
        memory, caches = self.encode(src, src_len), self.nothing()
        found = src.new_full((len(src), max_len), eos)
        last, alive = src.new_full((len(src),), bos), torch.ones(len(src), dtype=torch.bool, device=src.device)
        for t in range(max_len):
            logits, caches = self.decode(last[:, None], memory, src_len, caches, t)
            last = torch.where(alive, logits[:, 0].max(-1).indices, last)
            found[:, t] = torch.where(alive, last, found[:, t])
            alive = alive & (last != eos)
            if not alive.any():
                return found[:, : t + 1]
        return found


@accept("embeddings through the module, a mode that is set back by a finally")
class Transformer(Model):
    def embed(self, ids, embedding, offset=0):
        d, t = embedding.embedding_dim, ids.shape[1]
        if offset + t > len(self.pe):
            raise ValueError("too long")
        return self.dropout(embedding(ids) * d**0.5 + self.pe[offset : offset + t])

    @torch.inference_mode()
    def greedy(self, src, src_len, bos, eos, max_len):
        before = self.training
        try:
            self.train(False)
            return self.search(src, src_len, bos, eos, max_len).clone()
        finally:
            self.train(before)


@reject("softmax at the end", "These are probabilities. Return logits: the loss takes the softmax itself.")
class Transformer(Model):
    def forward(self, src, src_len, tgt_in):
        return torch.softmax(super().forward(src, src_len, tgt_in), -1)


@reject("log-softmax at the end", "These are log-probabilities. Return logits: the loss takes the softmax itself.")
class Transformer(Model):
    def forward(self, src, src_len, tgt_in):
        return torch.log_softmax(super().forward(src, src_len, tgt_in), -1)


@reject(
    "positions start again in every step",
    "In greedy every token believes that it stands at position 0: pass the offset, the number of tokens before it.",
)
class Transformer(Model):
    def step(self, token, memory, src_len, caches, t):
        return self.decode(token, memory, src_len, caches, 0)


@reject(
    "positions one too far in greedy",
    "In greedy every position is off by one: <bos> stands at position 0, as in the forward pass.",
)
class Transformer(Model):
    def step(self, token, memory, src_len, caches, t):
        return self.decode(token, memory, src_len, caches, t + 1)


@reject(
    "one cache for all blocks",
    "All blocks share one cache. Each needs its own, with the inputs that IT saw at earlier positions.",
)
class Transformer(Model):
    def step(self, token, memory, src_len, caches, t):
        logits, new = self.decode(token, memory, src_len, caches, t)
        return logits, [new[0]] * len(new)


@reject(
    "caches thrown away",
    "Every step begins with empty caches, so each token sees only itself: hand the new caches on to the next step.",
)
class Transformer(Model):
    def step(self, token, memory, src_len, caches, t):
        return self.decode(token, memory, src_len, self.nothing(), t)


@reject(
    "greedy ends with the first row",
    "You stop as soon as ONE row has ended. The others are not done: stop when all have.",
)
class Transformer(Model):
    def done(self, ended):
        return bool(ended.any())


@reject(
    "greedy never ends early",
    "All rows had ended, and you went on to max_len: stop when every row has produced <eos>.",
)
class Transformer(Model):
    def done(self, ended):
        return False


@reject(
    "rows go on after their <eos>",
    "A row that has produced <eos> went on with other words. From there on it holds <eos> only.",
)
class Transformer(Model):
    def search(self, src, src_len, bos, eos, max_len):
        memory, caches = self.encode(src, src_len), self.nothing()
        token, found = torch.full((len(src), 1), bos, device=src.device), []
        ended = token != token
        for t in range(max_len):
            logits, caches = self.decode(token, memory, src_len, caches, t)
            token = logits.argmax(-1)
            found.append(token)
            ended |= token == eos
            if ended.all():
                break
        return torch.cat(found, 1)


@reject("<bos> returned", "Your result begins with <bos>. It is what the decoder is started with, not what it says.")
class Transformer(Model):
    def search(self, src, src_len, bos, eos, max_len):
        found = super().search(src, src_len, bos, eos, max_len)
        return torch.cat([torch.full_like(found[:, :1], bos), found], 1)


@reject("one token too many", "You went one token beyond max_len.")
class Transformer(Model):
    def search(self, src, src_len, bos, eos, max_len):
        return super().search(src, src_len, bos, eos, max_len + 1)


@reject(
    "likeliest at the first position",
    "With several positions at hand you took the logits of the first. The newest stands last.",
)
class Transformer(Model):
    def search(self, src, src_len, bos, eos, max_len):
        memory = self.encode(src, src_len)
        tokens = torch.full((len(src), 1), bos, device=src.device)
        for _ in range(max_len):
            best = self.decode(tokens, memory, src_len, self.nothing())[0][:, 0].argmax(-1)
            best = torch.where((tokens[:, 1:] == eos).any(1), torch.full_like(best, eos), best)
            tokens = torch.cat([tokens, best[:, None]], 1)
            if (tokens[:, 1:] == eos).any(1).all():
                break
        return tokens[:, 1:]


@reject(
    "a sample instead of the likeliest",
    "Greedy takes the likeliest token; yours draws one, and differs from run to run.",
)
class Transformer(Model):
    def decode(self, tokens, memory, src_len, caches, offset=0):
        logits, new = super().decode(tokens, memory, src_len, caches, offset)
        if tokens.shape[1] == 1 and not torch.is_grad_enabled():
            rng = torch.Generator(logits.device).manual_seed(caches[0] is not None)
            drawn = torch.multinomial(torch.softmax(logits[:, -1], -1), 1, generator=rng)
            logits = torch.zeros_like(logits).scatter(-1, drawn[:, None], 1.0)
        return logits, new


@reject(
    "dropout in greedy",
    "greedy ran with dropout: the same sentence would be translated differently every time. Switch to eval(), and back.",
)
class Transformer(Model):
    @torch.no_grad()
    def greedy(self, src, src_len, bos, eos, max_len):
        return self.search(src, src_len, bos, eos, max_len)


@reject(
    "left in evaluation mode",
    "After greedy the model stays in evaluation mode: a training that translates between two epochs would lose its dropout.",
)
class Transformer(Model):
    @torch.no_grad()
    def greedy(self, src, src_len, bos, eos, max_len):
        self.eval()
        return self.search(src, src_len, bos, eos, max_len)


@reject(
    "always left in training mode",
    "After greedy the model is in training mode, whatever it was before: remember self.training first.",
)
class Transformer(Model):
    @torch.no_grad()
    def greedy(self, src, src_len, bos, eos, max_len):
        self.eval()
        found = self.search(src, src_len, bos, eos, max_len)
        self.train()
        return found


@reject(
    "only the model's own flag set back",
    "You set self.training back, but not that of the parts: self.train(before) goes through all of them.",
)
class Transformer(Model):
    @torch.no_grad()
    def greedy(self, src, src_len, bos, eos, max_len):
        before = self.training
        self.eval()
        found = self.search(src, src_len, bos, eos, max_len)
        self.training = before
        return found


@reject(
    "gradients tracked in greedy",
    "greedy keeps the history of every step for a gradient that nobody asks for: @torch.no_grad().",
)
class Transformer(Model):
    def greedy(self, src, src_len, bos, eos, max_len):
        before = self.training
        self.eval()
        found = self.search(src, src_len, bos, eos, max_len)
        self.train(before)
        return found


@reject(
    "the encoder runs at every step",
    "The source does not change while you write, and you encode it again for every token. Once is enough.",
)
class Transformer(Model):
    def search(self, src, src_len, bos, eos, max_len):
        tokens = torch.full((len(src), 1), bos, device=src.device)
        for _ in range(max_len):
            best = self.forward(src, src_len, tokens)[:, -1].argmax(-1)
            best = torch.where((tokens[:, 1:] == eos).any(1), torch.full_like(best, eos), best)
            tokens = torch.cat([tokens, best[:, None]], 1)
            if (tokens[:, 1:] == eos).any(1).all():
                break
        return tokens[:, 1:]


@reject(
    "source padding not masked in the decoder",
    "The decoder looks at padded positions of the source: give src_len to its blocks as well as to the encoder's.",
)
class Transformer(Model):
    def decode(self, tokens, memory, src_len, caches, offset=0):
        return super().decode(tokens, memory, None, caches, offset)


@reject(
    "source padding not masked in greedy",
    "In greedy the decoder looks at padded positions of the source. The padding mask is needed at prediction as in training.",
)
class Transformer(Model):
    def step(self, token, memory, src_len, caches, t):
        return self.decode(token, memory, None, caches, t)


@reject("source padding not masked in the encoder", "The encoder's blocks need src_len: padding leaks into the memory.")
class Transformer(Model):
    def encode(self, src, src_len):
        return super().encode(src, None)


@reject(
    "each decoder block with its own encoder block",
    "Decoder block i looks at the result of encoder block i. All of them look at the result of the LAST one.",
)
class Transformer(Model):
    def encode(self, src, src_len):
        x, self.levels = self.embed(src, self.src_embed), []
        for block in self.encoder:
            x = block(x, src_len)
            self.levels.append(x)
        return x

    def decode(self, tokens, memory, src_len, caches, offset=0):
        y, new = self.embed(tokens, self.tgt_embed, offset), []
        for block, level, cache in zip(self.decoder, self.levels, caches, strict=True):
            y, c = block(y, level, src_len, cache)
            new.append(c)
        return self.out(y), new


@reject(
    "one block used for all layers",
    "All layers are one and the same block: [block] * layers repeats the object. Make a new block for each layer.",
)
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, layers, dropout, max_len)
        self.encoder = nn.ModuleList([EncoderBlock(d_model, num_heads, d_ff, dropout)] * layers)
        self.decoder = nn.ModuleList([DecoderBlock(d_model, num_heads, d_ff, dropout)] * layers)


@reject(
    "blocks in a Python list",
    "The blocks lie in a Python list, where nn.Module does not find their weights: no optimiser would ever train them.",
)
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, layers, dropout, max_len)
        encoder, decoder = list(self.encoder), list(self.decoder)
        del self.encoder, self.decoder
        self.encoder, self.decoder = encoder, decoder


@reject("layers ignored", "The model has two layers, whatever `layers` says.")
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, 2, dropout, max_len)


@reject(
    "target embedded by the source's table",
    "Target tokens are looked up in src_embed. The two languages have vocabularies of their own: tgt_embed.",
)
class Transformer(Model):
    def decode(self, tokens, memory, src_len, caches, offset=0):
        embedding = nn.Embedding(self.tgt_embed.num_embeddings, self.tgt_embed.embedding_dim).to(self.tgt_embed.weight)
        table = self.src_embed.weight
        rows = torch.arange(self.tgt_embed.num_embeddings, device=table.device).clamp(max=len(table) - 1)
        embedding.weight = nn.Parameter(table.detach()[rows], requires_grad=False)
        y, new = self.embed(tokens, embedding, offset), []
        for block, cache in zip(self.decoder, caches, strict=True):
            y, c = block(y, memory, src_len, cache)
            new.append(c)
        return self.out(y), new


@reject(
    "embeddings not scaled",
    "The embeddings come without √d: drawn as small as they are, they drown in the positions.",
)
class Transformer(Model):
    def embed(self, ids, embedding, offset=0):
        if offset + ids.shape[1] > len(self.pe):
            raise ValueError("too long")
        return self.dropout(embedding(ids) + self.pe[offset : offset + ids.shape[1]])


@reject("no positions", "Nothing tells the model the order of the words: add the positions to the embeddings.")
class Transformer(Model):
    def embed(self, ids, embedding, offset=0):
        if offset + ids.shape[1] > len(self.pe):
            raise ValueError("too long")
        return self.dropout(embedding(ids) * embedding.embedding_dim**0.5)


@reject("positions in the encoder only", "The decoder's tokens have no positions: both sides need them.")
class Transformer(Model):
    def decode(self, tokens, memory, src_len, caches, offset=0):
        y, new = self.dropout(self.tgt_embed(tokens) * self.tgt_embed.embedding_dim**0.5), []
        for block, cache in zip(self.decoder, caches, strict=True):
            y, c = block(y, memory, src_len, cache)
            new.append(c)
        return self.out(y), new


@reject(
    "embeddings as nn.Embedding draws them",
    "nn.Embedding draws with standard deviation 1; times √d that drowns the positions. Start with 1/√d.",
)
class Transformer(Model):
    def start(self, d_model):
        pass


@reject(
    "variance instead of standard deviation",
    "The embeddings start with standard deviation 1/d. It is 1/√d; 1/d is the variance.",
)
class Transformer(Model):
    def start(self, d_model):
        for e in (self.src_embed, self.tgt_embed):
            nn.init.normal_(e.weight, std=1 / d_model)


@reject(
    "only the source's embeddings drawn anew",
    "One of the two embeddings still starts as nn.Embedding draws it; both start with 1/√d.",
)
class Transformer(Model):
    def start(self, d_model):
        nn.init.normal_(self.src_embed.weight, std=d_model**-0.5)


@reject(
    "no dropout on the embeddings",
    "The sum of embedding and position is dropped from as well, on both sides: self.dropout(…).",
)
class Transformer(Model):
    def embed(self, ids, embedding, offset=0):
        return embed_with_positions(ids, embedding.weight, self.pe, offset)


@reject("no dropout in the blocks", "The blocks were made without dropout: hand it on to each of them.")
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, layers, 0.0, max_len)
        self.dropout = nn.Dropout(dropout)


@reject(
    "the table of positions is trained",
    "The positions became a parameter, which an optimiser would change. Keep the table as a buffer.",
)
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, layers, dropout, max_len)
        table = self.pe
        del self.pe
        self.pe = nn.Parameter(table)


@reject("max_len ignored", "The table has 128 positions, whatever max_len says.")
class Transformer(Model):
    def __init__(self, src_vocab, tgt_vocab, d_model=64, num_heads=4, d_ff=128, layers=2, dropout=0.1, max_len=128):
        super().__init__(src_vocab, tgt_vocab, d_model, num_heads, d_ff, layers, dropout, 128)


waive(
    "Transformer: pe: torch.Tensor → (dropped)",
    "a declaration for the reader",
)
waive(
    "Transformer.__init__: (self.src_embed, self.tgt_embed) → (self.tgt_embed, self.src_embed)",
    "both are drawn in the same way, in either order",
)
waive(
    "Transformer.__init__: self.register_buffer('pe', sinusoidal_encoding(max_len, d_model), persistent=False) → self.register_buffer('pe', sinusoidal_encoding(max_len, d_model))",
    "whether the table is saved as well is left to the learner",
)
waive(
    "Transformer.__init__: self.register_buffer('pe', sinusoidal_encoding(max_len, d_model), persistent=False) → self.register_buffer('pe', sinusoidal_encoding(max_len, d_model), persistent=True)",
    "whether the table is saved as well is left to the learner",
)
waive(
    "Transformer._decode: caches[0] → caches[-1]",
    "all caches are equally long",
)
waive(
    "Transformer._decode: caches[0] → caches[-1] #2",
    "all caches are equally long",
)
waive(
    "Transformer._decode: zip(self.decoder, caches, strict=True) → zip(self.decoder, caches)",
    "there is one cache a block",
)
waive(
    "Transformer._decode: zip(self.decoder, caches, strict=True) → zip(self.decoder, caches, strict=False)",
    "there is one cache a block",
)
waive(
    "Transformer.greedy: torch.full((len(src), 1), bos, device=src.device) → torch.full((len(src), 1), bos)",
    "differs on another device only",
)
waive(
    "Transformer.greedy: ended |= token == eos → ended = token == eos",
    "a row that has ended is given <eos> again, so it stays ended",
)
