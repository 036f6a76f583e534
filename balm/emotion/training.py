"""Trains emotion heads from a designer's labels, and from the shipped data where the encoder has no heads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import choose_threshold, fit_temperature, softmax
from balm.emotion.correction import correct
from balm.emotion.data import EmotionLabel, EmotionMessage, read_folder
from balm.emotion.heads import GRADES, LinearHeads
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.emotion.model import EmotionModel
from balm.encoder import Encoder
from balm.encoder.linear import LinearHead, blind, fit
from balm.errors import ConfigError, unknown

Array = NDArray[Any]
FRESH = 20.0
"""How far labels move heads that start from nothing (inverse L2 penalty)."""
OWN_WEIGHT = 3.0
"""A designer's example counts as much as three shipped ones: it is about their customers."""


def train(
    texts: Sequence[str],
    labels: Sequence[str | EmotionLabel],
    *,
    encoder: Encoder,
    seed: int,
    before: Sequence[Sequence[str]],
    shipped: Sequence[EmotionMessage] | None,
) -> EmotionModel:
    """The model of `EmotionModel.fit`."""
    if len(texts) != len(labels):
        raise ConfigError(
            f"emotion labels '{len(labels)}': there are {len(texts)} texts. Give one label per text."
        )
    own = [_label(label, number) for number, label in enumerate(labels, start=1)]
    if encoder.card is not None:
        seen = before if encoder.card.context else ()
        return EmotionModel(encoder, heads=correct(texts, own, seen, encoder, encoder.card) if own else None)
    known = [m for m in (read_folder(shipped_folder()) if shipped is None else shipped) if not m.before]
    return _fresh(
        [*texts, *(m.text for m in known)], [*own, *(m.label for m in known)], len(own), encoder, seed
    )


def shipped_folder() -> Path:
    """The folder of the project's own emotion data: inside the package when installed, else in the checkout.

    Raises:
        ConfigError: neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "emotion_data", package.parent / "emotion_data", Path("emotion_data")):
        if folder.is_dir():
            return folder
    raise ConfigError(
        "emotion data folder 'emotion_data': not found. "
        "An encoder without emotion heads learns them from it. Run in the bot's folder, or pass `shipped`."
    )


def _label(label: str | EmotionLabel, number: int) -> EmotionLabel:
    found = EmotionLabel(label) if isinstance(label, str) else label
    if found.emotion not in EMOTIONS:
        raise ConfigError(unknown(f"example {number}:", "emotion", found.emotion, EMOTIONS))
    return found


def _fresh(
    texts: Sequence[str], labels: Sequence[EmotionLabel], own: int, encoder: Encoder, seed: int
) -> EmotionModel:
    """Heads for an encoder that has none, calibrated on messages that the emotion head did not see."""
    features = encoder.embed(texts)
    weights = np.where(np.arange(len(texts)) < own, OWN_WEIGHT, 1.0)
    truth = np.array([EMOTIONS.index(label.emotion) for label in labels])
    hidden, logits = blind(features, truth, len(EMOTIONS), strength=FRESH, seed=seed, weights=weights)
    temperature = fit_temperature(logits, truth[hidden])
    return EmotionModel(
        encoder,
        heads=_heads(features, labels, weights, truth),
        temperature=temperature,
        abstain_below=choose_threshold(softmax(logits / temperature), truth[hidden]),
    )


def _heads(features: Array, labels: Sequence[EmotionLabel], weights: Array, truth: Array) -> LinearHeads:
    def learn(value: Callable[[EmotionLabel], int | None], classes: int) -> LinearHead:
        """A head over the messages for which the value was given."""
        found = [(row, number) for row, label in enumerate(labels) if (number := value(label)) is not None]
        rows, numbers = [row for row, _ in found], np.array([number for _, number in found], int)
        return fit(features[rows], numbers, classes, strength=FRESH, weights=weights[rows])

    return LinearHeads(
        emotion=fit(features, truth, len(EMOTIONS), strength=FRESH, weights=weights),
        intensity=learn(lambda x: None if x.intensity is None else round(x.intensity * (GRADES - 1)), GRADES),
        cause=learn(lambda x: None if x.cause is None else CAUSES.index(x.cause), len(CAUSES)),
        needs_human=learn(lambda x: None if x.needs_human is None else int(x.needs_human), 2),
        sarcasm=learn(lambda x: None if x.sarcasm is None else int(x.sarcasm), 2),
    )
