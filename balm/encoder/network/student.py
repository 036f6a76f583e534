"""The student: a six-layer BERT body, whose token vectors feed every emotion head at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from balm.emotion.labels import CAUSES, EMOTIONS

COLUMNS = {"emotion": len(EMOTIONS), "intensity": 1, "cause": len(CAUSES), "needs_human": 1, "sarcasm": 1}
UNKNOWN, END, FRAMED = 1, 3, 4
"""The unknown word, and the frame token behind each text; ids from `FRAMED` on are words."""


@dataclass(frozen=True)
class Shape:
    """The sizes of the body, by default those of all-MiniLM-L6-v2, and of the heads' `trunk`."""

    vocabulary: int
    hidden: int = 384
    layers: int = 6
    attention_heads: int = 12
    inner: int = 1536
    positions: int = 512
    trunk: int = 256


class Outputs(NamedTuple):
    """What one pass yields for a batch."""

    tokens: Tensor  # (batch, tokens, hidden)
    embedding: Tensor  # (batch, hidden), unit length
    scores: Tensor  # (batch, columns): the logits of every head, side by side
    contributions: Tensor  # (batch, tokens, emotions): what each token adds to each emotion's logit


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.attention_heads
        self.query, self.key, self.value, self.mix = (nn.Linear(shape.hidden, shape.hidden) for _ in range(4))
        self.widen = nn.Linear(shape.hidden, shape.inner)
        self.narrow = nn.Linear(shape.inner, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def split(self, x: Tensor) -> Tensor:
        """(batch, tokens, hidden) as (batch, heads, tokens, hidden / heads)."""
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def attend(self, x: Tensor, bias: Tensor) -> Tensor:
        """Each token's mixture of the others; `bias` (batch, 1, 1, tokens) hides the padding."""
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        # (batch, heads, tokens, tokens)
        weights = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5 + bias
        mixed = weights.softmax(-1).to(value.dtype) @ value
        joined: Tensor = self.mix(mixed.transpose(1, 2).reshape(x.shape))
        return joined

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        x = self.norm1(x + self.dropout(self.attend(x, bias)))
        after: Tensor = self.norm2(x + self.dropout(self.narrow(nn.functional.gelu(self.widen(x)))))
        return after


class TokenHeads(nn.Module):
    """Every head's logits as a sum over tokens, so that each word's share in them is exact."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(shape.hidden, shape.trunk), nn.GELU(), nn.Dropout(dropout)
        )
        self.attention = nn.Linear(shape.trunk, len(COLUMNS))
        self.logits = nn.Linear(shape.trunk, sum(COLUMNS.values()))
        owner = [task for task, width in enumerate(COLUMNS.values()) for _ in range(width)]
        self.register_buffer("owner", torch.tensor(owner), persistent=False)

    def forward(self, tokens: Tensor, words: Tensor) -> Tensor:
        """(batch, tokens, columns) parts whose sum over tokens are the logits; `words` masks the rest out."""
        z = self.trunk(tokens)
        hidden = (1.0 - words).unsqueeze(-1) * -1e4
        weights = (self.attention(z).float() + hidden).softmax(1)  # (batch, tokens, tasks)
        parts: Tensor = weights.index_select(2, self.get_buffer("owner")) * self.logits(z).float()
        return parts


class Student(nn.Module):
    """Token ids in, sentence embedding and emotion logits out."""

    def __init__(self, shape: Shape, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.segment = nn.Parameter(torch.zeros(shape.hidden))
        self.norm = nn.LayerNorm(shape.hidden, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.heads = TokenHeads(shape, dropout)

    def look_up(self, ids: Tensor) -> Tensor:
        """The word vectors (batch, tokens, hidden); the export replaces this by its int8 table."""
        rows: Tensor = self.words(ids)
        return rows

    def body(self, ids: Tensor, mask: Tensor) -> Tensor:
        """The contextual token vectors (batch, tokens, hidden)."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x: Tensor = self.norm(self.look_up(ids) + self.positions(places) + self.segment)
        bias = (1.0 - mask[:, None, None, :].to(x.dtype)) * -1e4
        x = self.dropout(x)
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def forward(self, ids: Tensor, mask: Tensor) -> Outputs:
        """The outputs for ids (batch, tokens): a message and its `END`, then the turns before it, if any."""
        tokens = self.body(ids, mask)
        ends = (ids == END).long()
        message = mask.to(torch.float32) * (ends.cumsum(1) - ends == 0)
        return self.conclude(tokens.float(), message, message * (ids >= FRAMED))

    def embed(self, tokens: Tensor, shown: Tensor) -> Tensor:
        """(batch, hidden) unit vectors: the mean of the tokens that are `shown`."""
        total = (tokens * shown.unsqueeze(-1)).sum(1) / shown.sum(1, keepdim=True)
        return nn.functional.normalize(total, dim=-1)

    def conclude(self, tokens: Tensor, message: Tensor, words: Tensor) -> Outputs:
        """The outputs for the message; its `words` are what the heads look at."""
        parts = self.heads(tokens, words)
        return Outputs(tokens, self.embed(tokens, message), parts.sum(1), parts[:, :, : len(EMOTIONS)])
