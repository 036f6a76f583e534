"""An adversary that moves the words of each message to where the model is most wrong (FGM).

Miyato, Dai and Goodfellow 2017, arXiv:1605.07725. They scale all word vectors to unit variance first;
here the push is a share of the message's own length instead, so that one strength suits any encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn


class Adversary:
    """Watches the word vectors of a batch, then pushes them along the slope of the loss."""

    def __init__(self, words: nn.Module, strength: float) -> None:
        self._strength = strength
        self._seen: Tensor | None = None
        self._push: Tensor | None = None
        words.register_forward_hook(self._pass)

    @contextmanager
    def attack(self) -> Iterator[None]:
        """Inside, the batch whose loss was just followed backwards meets pushed words."""
        assert self._seen is not None and self._seen.grad is not None
        self._push = push(self._seen.detach(), self._seen.grad, self._strength)
        try:
            yield
        finally:
            self._push = self._seen = None

    def _pass(self, _module: nn.Module, _inputs: Any, vectors: Tensor) -> Tensor:
        if self._push is not None:
            return vectors + self._push
        if not vectors.requires_grad:  # a frozen table, as under LoRA
            vectors = vectors.detach().requires_grad_()
        if vectors.requires_grad:
            vectors.retain_grad()
        self._seen = vectors
        return vectors


def push(vectors: Tensor, slope: Tensor, strength: float) -> Tensor:
    """How far each message's vectors (batch, tokens, hidden) are moved: `strength` times their length.

    >>> import torch
    >>> push(torch.tensor([[[3.0, 4.0]]]), torch.tensor([[[0.0, 9.0]]]), 0.5).tolist()
    [[[0.0, 2.5]]]
    """
    lengths, steepness = (one.flatten(1).norm(dim=1)[:, None, None] for one in (vectors, slope))
    moved: Tensor = strength * lengths * slope / steepness.clamp(min=1e-12)
    return moved
