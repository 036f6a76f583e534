"""Runs of letters as numbers, and numbers as buckets: how features are named without a dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(1000003)


def letter_runs(text: str, longest: int) -> Iterator[tuple[int, Array]]:
    """For each size up to `longest`: that size, and a number for the run that begins at each letter.

    >>> [(size, len(names)) for size, names in letter_runs("abc", 4)]
    [(1, 3), (2, 2), (3, 1)]
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    names = np.zeros(len(codes), np.uint64)
    for size in range(1, min(longest, len(codes)) + 1):
        last = len(codes) - size + 1
        names = joined(names[:last], codes[size - 1 :] + np.uint64(size))
        yield size, names


def joined(before: Array, after: Array) -> Array:
    """A number for each pair of neighbours."""
    return np.asarray(before * _STEP + after)


def buckets(names: Array, bits: int) -> Array:
    """Which of 2**`bits` buckets each number falls into (Fibonacci hashing).

    >>> int(buckets(np.array([7], np.uint64), 4)[0]) < 16
    True
    """
    mixed = (names ^ (names >> np.uint64(29))) * _GOLDEN
    return np.asarray(mixed >> np.uint64(64 - bits)).astype(np.int64)
