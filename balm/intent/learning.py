"""How intents are learned: a calibrated linear head, on an encoder as it is or on a fine-tuned one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import fit_temperature
from balm.encoder import Encoder
from balm.encoder.encoding import Floats
from balm.encoder.linear import LinearHead, blind, fit, folds
from balm.encoder.text import readable
from balm.intent.grams import matrix, rarity
from balm.tuning import TuneOptions
from balm.tuning.augment import augmented

Array = NDArray[Any]
STRENGTH = 4.0
MEANING = 2.0
"""The embedding's weight beside the letters, chosen on Bitext, Banking77 and the starter bot."""
HELD_OUT = 4
"""One example in so many calibrates a model that was trained without it."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What a model of intents consists of."""

    encoder: Encoder
    head: LinearHead
    rarity: Floats
    temperature: float = 1.0

    def logits(self, texts: Sequence[str]) -> Array:
        """(texts, classes)."""
        return self.head.logits(features(self.encoder.embed(texts), texts, self.rarity))


def learn(texts: Sequence[str], truth: Array, *, encoder: Encoder, seed: int, tuning: TuneOptions) -> Learned:
    """The head, and the encoder that it reads, for texts with class numbers `truth`, which leave none out."""
    if tuning.trains_encoder or tuning.augment != "none":
        return _twice(texts, truth, encoder, seed, tuning)
    known = rarity([readable(text) for text in texts])
    seen, classes = features(encoder.embed(texts), texts, known), len(np.unique(truth))
    weights = _weights(truth, tuning)
    hidden, logits = blind(seen, truth, classes, strength=STRENGTH, seed=seed, weights=weights)
    head = fit(seen, truth, classes, strength=STRENGTH, weights=weights)
    return Learned(encoder, head, known, fit_temperature(logits, truth[hidden]))


def features(embeddings: Floats, texts: Sequence[str], known: Floats) -> Floats:
    """(texts, hidden + letters)."""
    letters = matrix([readable(text) for text in texts], known)
    return np.hstack([MEANING * embeddings, letters])


def _twice(texts: Sequence[str], truth: Array, encoder: Encoder, seed: int, tuning: TuneOptions) -> Learned:
    """Learns once without a part of the examples, to calibrate on them, and once from all.

    An encoder that has learned an example, or an altered copy of it, is too sure of it.
    """
    classes = len(np.unique(truth))
    hidden = folds(truth, HELD_OUT, seed)[0]
    rest = np.setdiff1d(np.arange(len(truth)), hidden)
    temperature = 1.0
    if len(hidden) and len(np.unique(truth[rest])) > 1:
        trial = _learn([texts[i] for i in rest], truth[rest], classes, encoder, seed, tuning)
        temperature = fit_temperature(trial.logits([texts[i] for i in hidden]), truth[hidden])
    return replace(_learn(texts, truth, classes, encoder, seed, tuning), temperature=temperature)


def _learn(
    texts: Sequence[str], truth: Array, classes: int, encoder: Encoder, seed: int, tuning: TuneOptions
) -> Learned:
    texts, truth = augmented(texts, truth, tuning=tuning, seed=seed)
    if tuning.trains_encoder:
        from balm.tuning.tuned import tuned

        encoder = tuned(encoder, texts, truth, tuning=tuning, seed=seed)
    known = rarity([readable(text) for text in texts])
    seen = features(encoder.embed(texts), texts, known)
    return Learned(
        encoder, fit(seen, truth, classes, strength=STRENGTH, weights=_weights(truth, tuning)), known
    )


def _weights(truth: Array, tuning: TuneOptions) -> Array | None:
    """What each example counts (rows,), so that all classes count alike; None for one each."""
    if tuning.class_weights == "equal":
        return None
    counts = np.bincount(truth)
    return np.asarray(len(truth) / (len(np.unique(truth)) * counts[truth]))
