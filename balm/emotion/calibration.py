"""Makes a model's certainty mean what it says, and measures how well it does."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TEMPERATURES = np.exp(np.linspace(np.log(0.25), np.log(5.0), 61))
ROUNDS = 100
"""Steps after which offsets move no more."""


def softmax(logits: Array) -> Array:
    """Probabilities along the last axis.

    >>> softmax(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(-1, keepdims=True))


def sigmoid(logits: Array) -> Array:
    """Probabilities of yes.

    >>> float(sigmoid(np.array(0.0)))
    0.5
    """
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0))))


def fit_temperature(logits: Array, truth: Array) -> float:
    """The divisor of the logits (messages, classes) under which the true classes are likeliest.

    Source: Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    if not len(truth):
        return 1.0
    losses = [surprise(logits / temperature, truth) for temperature in TEMPERATURES]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 4)


def fit_offsets(logits: Array, truth: Array, *, temperature: float = 1.0) -> Array:
    """(classes,) what to add to each class's logit so that it is expected as often as it is true.

    Training gives rare classes more weight than they have among customers; this takes it back.
    Source: Saerens et al. 2002, Adjusting the outputs of a classifier to new a priori probabilities.

    >>> fit_offsets(np.zeros((4, 2)), np.array([0, 0, 0, 1])).round(1).tolist()  # log 4/6 - log 2/6, halved
    [0.3, -0.3]
    """
    classes = logits.shape[1]
    often = (np.bincount(truth, minlength=classes) + 1.0) / (len(truth) + classes)
    offsets = np.zeros(classes)
    for _ in range(ROUNDS):
        expected = softmax((logits + offsets) / temperature).mean(0)
        offsets += temperature * np.log(often / np.clip(expected, 1e-12, None))
    return np.asarray(offsets - offsets.mean())


def surprise(logits: Array, truth: Array) -> float:
    """How unlikely the true classes are under these logits: the mean negative logarithm of their chances."""
    chances = softmax(logits)[np.arange(len(truth)), truth]
    return float(-np.log(np.clip(chances, 1e-12, None)).mean())


def calibration_error(probabilities: Array, truth: Array, *, bins: int = 10) -> float:
    """The expected calibration error: how far certainty and accuracy are apart, 0 (never) to 1.

    >>> calibration_error(np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([0, 1]))
    0.0
    """
    certainty, right = probabilities.max(-1), probabilities.argmax(-1) == truth
    place = np.minimum((certainty * bins).astype(int), bins - 1)
    gaps = [
        abs(certainty[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in range(bins)
        if (place == b).any()
    ]
    return float(sum(gaps))


def choose_threshold(
    probabilities: Array, truth: Array, *, silent: float = 0.08, floor: float = 0.25
) -> float:
    """The certainty below which to abstain: `silent` of the messages, the ones most often misread.

    `probabilities` (messages, classes) and `truth` are development data. Never below `floor`.
    """
    if not len(truth):
        return floor
    return round(max(floor, float(np.quantile(probabilities.max(-1), silent))), 3)
