"""What an encoder yields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Span = tuple[int, int]
SPACE = "▁"
"""How unigram tokenizers write a space."""


def trimmed(text: str, token: str, span: Span) -> Span:
    """The letters of `text` that a token stands for, without the white space that some tokenizers count in.

    A token that is nothing but a space (`▁`, which may stand where there is none) gets an empty span.

    >>> trimmed("so late", "▁late", (2, 7)), trimmed("我", "▁", (0, 1))
    ((3, 7), (0, 0))
    """
    start, end = span
    inside = text[start:end].strip() if token != SPACE else ""
    start += text[start:end].find(inside) if inside else 0
    return start, start + len(inside)


class Passage(NamedTuple):
    """A message and the turns `before` it, oldest first; an encoder may know no use for those."""

    text: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Encoded:
    """One text as the encoder sees it; the arrays are shared and must not be written to.

    `scores` and `contributions` are there when the encoder carries emotion heads: the logits of all
    heads side by side, and each token's share in each emotion's logit.
    """

    text: str
    embedding: Floats  # (hidden,), unit length
    tokens: Floats  # (tokens, hidden), without the frame tokens
    spans: tuple[Span, ...]  # where each token stands in `text`
    scores: Floats | None = None  # (columns,)
    contributions: Floats | None = None  # (tokens, emotions)
    in_context: bool = False  # whether the turns before were read, too


@dataclass(frozen=True, eq=False)
class Encoding:
    """Several texts, in the order in which they were given."""

    rows: Sequence[Encoded]
    hidden: int

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def embeddings(self) -> Floats:
        """The sentence embeddings (texts, hidden)."""
        return (
            np.stack([row.embedding for row in self.rows])
            if self.rows
            else np.zeros((0, self.hidden), np.float32)
        )
