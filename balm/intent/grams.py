"""Letters as features: what a sentence embedding overlooks, such as rare names, typos and codes."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np

from balm.encoder.encoding import Floats

WIDTH = 1 << 12
LONGEST = 4


def grams(text: str) -> Counter[int]:
    """The hashed runs of one to four letters inside each word, counted.

    >>> sum(grams("ok").values())
    10
    """
    found: Counter[int] = Counter()
    for word in text.lower().split():
        framed = f" {word} "
        for size in range(1, LONGEST + 1):
            for start in range(len(framed) - size + 1):
                piece = framed[start : start + size]
                found[zlib.crc32(piece.encode("utf-8", "replace")) % WIDTH] += 1
    return found


def matrix(texts: Sequence[str], rarity: Floats) -> Floats:
    """Unit rows (texts, WIDTH): damped counts, times how rare each run is."""
    found = np.zeros((len(texts), WIDTH), np.float32)
    for line, text in zip(found, texts, strict=True):
        seen = grams(text)
        columns = sorted(seen)
        line[columns] = np.log1p([seen[column] for column in columns]) * rarity[columns]
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6), np.float32)


def rarity(texts: Sequence[str]) -> Floats:
    """How much a run tells (WIDTH,): the logarithm of how few of the texts hold it."""
    seen: Counter[int] = Counter()
    for text in texts:
        seen.update(grams(text).keys())
    share = np.zeros(WIDTH)
    share[list(seen)] = list(seen.values())
    return np.asarray(np.log((1.0 + len(texts)) / (1.0 + share)) + 1.0, np.float32)
