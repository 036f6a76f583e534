"""Letters as features: what a sentence embedding overlooks, such as rare names, typos and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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


def matrix(texts: Sequence[str], rarity: Floats) -> Floats:
    """The weights of all texts as rows (texts, WIDTH)."""
    found = np.zeros((len(texts), WIDTH), np.float32)
    for line, text in zip(found, texts, strict=True):
        columns, weights = weighed(text, rarity)
        line[columns] = weights
    return found


def rarity(texts: Sequence[str]) -> Floats:
    """How much a run tells (WIDTH,): the logarithm of how few of the texts hold it."""
    holders = np.zeros(WIDTH)
    for text in texts:
        holders[grams(text).columns] += 1
    return np.asarray(np.log((1.0 + len(texts)) / (1.0 + holders)) + 1.0, np.float32)
