"""How fast the weights learn in the course of a run."""

from __future__ import annotations

HEAD_RATE = 5.0
"""How much faster than the body learns what starts from nothing on top of it."""
WARM_UP = 0.06


def pace(done: float) -> float:
    """The share of the peak rate at this point of a run: warm-up, then a straight way down.

    >>> pace(0.5)
    0.5
    """
    return min(done / WARM_UP + 0.01, 1.0 - done)
