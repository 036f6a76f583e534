"""Letters as features: what a sentence embedding overlooks, such as rare names, typos and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from balm.encoder.encoding import Floats
from balm.encoder.hashing import buckets, letter_runs

BITS = 12
WIDTH = 1 << BITS
LONGEST = 4


class Counted(NamedTuple):
    """Which runs a text holds, as columns below `WIDTH` in rising order, and how often each."""

    columns: NDArray[np.int64]
    counts: NDArray[np.int64]


def grams(text: str) -> Counted:
    """The hashed runs of one to four letters inside each word, counted.

    >>> int(grams("ok").counts.sum())
    10
    """
    words = text.lower().split()
    framed = "".join(f" {word} " for word in words)
    owner = np.repeat(np.arange(len(words)), [len(word) + 2 for word in words])
    runs = letter_runs(framed, LONGEST)
    inside = [names[owner[: len(names)] == owner[size - 1 :]] for size, names in runs]
    found = np.concatenate([np.zeros(0, np.uint64), *inside])
    return Counted(*np.unique(buckets(found, BITS), return_counts=True))


class Weighed(NamedTuple):
    """What a head sees of a text's letters: columns below `WIDTH`, and their weights, of unit length."""

    columns: NDArray[np.int64]
    weights: Floats


def weighed(text: str, rarity: Floats) -> Weighed:
    """The runs of a text, with damped counts times how rare each run is."""
    columns, counts = grams(text)
    weights = np.log1p(counts) * rarity[columns]
    unit = weights / max(float(np.linalg.norm(weights)), 1e-6)
    return Weighed(columns, unit.astype(np.float32))


def matrix(texts: Sequence[str], rarity: Floats) -> Any:
    """The weights of all texts as sparse rows (texts, WIDTH)."""
    from scipy.sparse import csr_matrix

    rows = [weighed(text, rarity) for text in texts]
    starts = np.cumsum([0, *(len(row.columns) for row in rows)])
    none = Weighed(np.zeros(0, np.int64), np.zeros(0, np.float32))
    columns, weights = (np.concatenate(parts) for parts in zip(none, *rows, strict=True))
    return csr_matrix((weights, columns, starts), shape=(len(rows), WIDTH))


def rarity(texts: Sequence[str]) -> Floats:
    """How much a run tells (WIDTH,): the logarithm of how few of the texts hold it."""
    holders = np.zeros(WIDTH)
    for text in texts:
        holders[grams(text).columns] += 1
    return np.asarray(np.log((1.0 + len(texts)) / (1.0 + holders)) + 1.0, np.float32)
