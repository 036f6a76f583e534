"""How certain a figure is: every figure again on messages drawn anew from the development turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.encoder.recipe.evaluate import class_f1

Array = NDArray[Any]
COVERED = (2.5, 97.5)


@dataclass(frozen=True)
class Figure:
    """A value, and the range that 95 of 100 redrawn sets of messages fall into."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """As in a table, cut to what the certainty allows.

        >>> print(Figure(0.6023, 0.561, 0.6449))
        0.602 (0.56 to 0.64)
        """
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f})"

    def to_dict(self) -> dict[str, float]:
        """The numbers to four places."""
        return {"value": round(self.value, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def resamples(size: int, *, rounds: int, seed: int) -> Array:
    """(rounds, size) row numbers drawn with replacement. Source: Efron 1979, Bootstrap methods."""
    return np.random.default_rng(seed).integers(size, size=(rounds, size))


def figure(measure: Callable[[Array], float], draws: Array) -> Figure:
    """What `measure` says of all rows, and how far it moves over the draws (rounds, rows)."""
    values = [measure(rows) for rows in draws]
    low, high = np.percentile(values, COVERED)
    return Figure(float(measure(np.arange(draws.shape[1]))), float(low), float(high))


def macro_f1(truth: Array, guess: Array, labels: int) -> float:
    """The mean F1 over the classes 0 to `labels` - 1 that are in the truth or among the guesses.

    A draw may hold no message of a rare class; that class then says nothing.
    """
    there = np.union1d(truth, guess)
    return float(np.mean([f for label, f in enumerate(class_f1(truth, guess, labels)) if label in there]))


def accuracy(truth: Array, guess: Array) -> float:
    """The share of right guesses; 0 where there are none to judge."""
    return float((truth == guess).mean()) if len(truth) else 0.0


def confusion(truth: Array, guess: Array, labels: int) -> Array:
    """(labels, labels): how often the row's class was read as the column's."""
    counts = np.zeros((labels, labels), int)
    np.add.at(counts, (truth, guess), 1)
    return counts


def merged(rows: Sequence[dict[str, Any]]) -> dict[str, list[float]]:
    """The numbers of several flat or one-level nested dicts, side by side by name.

    >>> merged([{"f1": {"joy": 1.0}}, {"f1": {"joy": 0.5}}])
    {'f1.joy': [1.0, 0.5]}
    """
    found: dict[str, list[float]] = {}
    for row in rows:
        for name, value in flat(row).items():
            found.setdefault(name, []).append(value)
    return found


def flat(row: dict[str, Any]) -> dict[str, float]:
    """One level of nesting taken out: {"f1": {"joy": 1}} is {"f1.joy": 1}."""
    inner = ((key, value if isinstance(value, dict) else {"": value}) for key, value in row.items())
    return {f"{key}.{name}".rstrip("."): value for key, found in inner for name, value in found.items()}
