"""Batches of similar length, so that little time goes into padding."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import torch
from torch import Tensor


def bucket(lengths: Sequence[int], tokens: int, rng: Random | None = None) -> list[list[int]]:
    """Lists of indices whose padded size stays within `tokens`; shuffled when there is an `rng`.

    >>> bucket([3, 9, 3, 8], 10)
    [[0, 2], [3], [1]]
    """
    noise = rng.uniform if rng else (lambda low, high: 0.0)
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + noise(0, 3))
    batches: list[list[int]] = []
    longest = 0
    for i in order:
        longest = max(longest, lengths[i])
        if not batches or longest * (len(batches[-1]) + 1) > tokens:
            batches.append([])
            longest = lengths[i]
        batches[-1].append(i)
    if rng:
        rng.shuffle(batches)
    return batches


def pad(rows: Sequence[Sequence[int]], multiple: int = 8) -> tuple[Tensor, Tensor]:
    """Ids and mask (batch, tokens), padded with 0 to a multiple that bf16 kernels like."""
    width = -(-max(map(len, rows)) // multiple) * multiple
    ids = torch.zeros(len(rows), width, dtype=torch.long)
    for line, row in zip(ids, rows, strict=True):
        line[: len(row)] = torch.tensor(row)
    return ids, (torch.arange(width) < torch.tensor([[len(row)] for row in rows])).long()
