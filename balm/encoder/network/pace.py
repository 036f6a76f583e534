"""How fast the weights learn in the course of a run, and in which numbers."""

from __future__ import annotations

from contextlib import AbstractContextManager

HEAD_RATE = 5.0
"""How much faster than the body learns what starts from nothing on top of it."""
WARM_UP = 0.06


def pace(done: float) -> float:
    """The share of the peak rate at this point of a run: warm-up, then a straight way down.

    >>> pace(0.5)
    0.5
    """
    return min(done / WARM_UP + 0.01, 1.0 - done)


def half(device: str) -> AbstractContextManager[None]:
    """A pass in bfloat16, where the device computes in it; elsewhere it would take thirty times as long."""
    import torch

    able = device != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.autocast(device, dtype=torch.bfloat16, enabled=able)
