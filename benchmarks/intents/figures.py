"""What is said about a method: how often it is right, what it refuses, and how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

FALSE_ALARMS = 0.05
"""The share of validation messages with an intent that a threshold may refuse, for every method."""


class Guess(NamedTuple):
    """The likeliest intent and its confidence, 0 to 1."""

    intent: str
    confidence: float


def accuracy(guesses: Sequence[Guess], truth: Sequence[str]) -> float:
    """The share of right intents.

    >>> accuracy([Guess("refund", 0.9), Guess("refund", 0.4)], ["refund", "greet"])
    0.5
    """
    return float(np.mean([guess.intent == intent for guess, intent in zip(guesses, truth, strict=True)]))


def macro_f1(guesses: Sequence[Guess], truth: Sequence[str]) -> float:
    """The mean F1 over the intents that occur in `truth`, each counting the same."""
    from sklearn.metrics import f1_score

    guessed = [guess.intent for guess in guesses]
    return float(f1_score(truth, guessed, labels=sorted(set(truth)), average="macro", zero_division=0))


def threshold(guesses: Sequence[Guess], *, alarms: float = FALSE_ALARMS) -> float:
    """The highest confidence under which at most the share `alarms` of the guesses lies.

    >>> threshold([Guess("", n / 10) for n in range(10)], alarms=0.2)
    0.2
    """
    confidences = sorted(guess.confidence for guess in guesses)
    return confidences[int(alarms * len(confidences))]


def out_of_scope(
    known: Sequence[Guess], truth: Sequence[str], foreign: Sequence[Guess], *, below: float
) -> dict[str, float]:
    """What refusing every guess less confident than `below` does.

    `in_scope_accuracy`: a message with an intent is neither refused nor misunderstood. `recall` and
    `precision`: of the refusals of `foreign` messages. `false_alarm_rate`: the share of messages with an
    intent that is refused. `auroc`: how well confidence parts the two kinds, whatever the threshold.
    """
    from sklearn.metrics import roc_auc_score

    kept = [guess if guess.confidence >= below else Guess("", 0.0) for guess in known]
    alarms = sum(not guess.intent for guess in kept)
    found = sum(guess.confidence < below for guess in foreign)
    confidences = [guess.confidence for guess in [*known, *foreign]]
    return {
        "threshold": below,
        "in_scope_accuracy": accuracy(kept, truth),
        "recall": found / len(foreign),
        "precision": found / (found + alarms) if found else 0.0,
        "false_alarm_rate": alarms / len(known),
        "auroc": float(roc_auc_score([1] * len(known) + [0] * len(foreign), confidences)),
    }


def waiting(seconds: Sequence[float]) -> dict[str, float]:
    """The median and the 95th of a hundred waits, in milliseconds.

    >>> waiting([0.001, 0.002, 0.003])
    {'p50_ms': 2.0, 'p95_ms': 2.9}
    """
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return {"p50_ms": round(float(p50), 3), "p95_ms": round(float(p95), 3)}
