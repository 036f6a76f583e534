"""Where a reading's numbers come from: heads inside the encoder, or linear heads over its embedding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from balm.emotion.calibration import sigmoid, softmax
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.emotion.phrases import Phrases
from balm.encoder.encoding import Encoded, Floats
from balm.encoder.folder import Card
from balm.encoder.linear import LinearHead
from balm.errors import ModelError

Array = NDArray[Any]
GRADES = 4


@dataclass(frozen=True, eq=False)
class Scores:
    """What the heads say about one message. `shares(i)` tells what each token adds to emotion `i`."""

    emotion: Array  # (emotions,) logits, before the temperature
    intensity: float
    cause: Array  # (causes,) probabilities
    needs_human: float
    sarcasm: float
    shares: Callable[[int], Floats]


class EmotionHeads(Protocol):
    """Scores one encoded message."""

    def score(self, row: Encoded) -> Scores: ...


class BundledHeads:
    """The heads that the recipe trained together with the encoder, and the phrases that go with them."""

    def __init__(self, card: Card) -> None:
        if card.emotions != EMOTIONS or card.causes != CAUSES:
            raise ModelError(
                f"encoder heads '{', '.join(card.emotions)}': not the labels of this version. "
                f"Allowed: {', '.join(EMOTIONS)}. Export the encoder again (`python -m balm.encoder.recipe`)."
            )
        ends = np.cumsum(list(card.columns.values())).tolist()
        starts = [0, *ends[:-1]]
        self._phrases = Phrases.load(card.folder)
        self._offsets = np.array(card.offsets or [0.0] * len(EMOTIONS))
        self._columns = {name: slice(a, b) for name, a, b in zip(card.columns, starts, ends, strict=True)}

    def score(self, row: Encoded) -> Scores:
        """The scores that the encoder's own pass has already computed, and what the phrases add to them.

        Phrases know a message by itself: they keep silent when the turns before it were read.
        """
        found = {name: _of(row.scores)[place] for name, place in self._columns.items()}
        parts = _of(row.contributions)  # (tokens, emotions)
        heard = self._phrases.hear(row.text) if self._phrases and not row.in_context else None
        return Scores(
            emotion=found["emotion"] + self._offsets + (heard.logits if heard else 0.0),
            intensity=float(sigmoid(found["intensity"][0])),
            cause=softmax(found["cause"]),
            needs_human=float(sigmoid(found["needs_human"][0])),
            sarcasm=float(sigmoid(found["sarcasm"][0])),
            shares=lambda index: (
                parts[:, index] - parts.mean(1)
                + (heard.shares(row.spans, index) if heard else 0.0)
            ),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class LinearHeads:
    """Linear heads over the embedding of an encoder that brings none of its own."""

    emotion: LinearHead
    intensity: LinearHead
    cause: LinearHead
    needs_human: LinearHead
    sarcasm: LinearHead

    def score(self, row: Encoded) -> Scores:
        """The scores of one embedding."""
        seen = row.embedding
        grades = softmax(self.intensity.logits(seen))
        return Scores(
            emotion=self.emotion.logits(seen),
            intensity=float(grades @ np.linspace(0.0, 1.0, GRADES)),
            cause=softmax(self.cause.logits(seen)),
            needs_human=float(softmax(self.needs_human.logits(seen))[1]),
            sarcasm=float(softmax(self.sarcasm.logits(seen))[1]),
            shares=lambda index: linear_shares(row, self.emotion, index),
        )


@dataclass(frozen=True, eq=False)
class RefinedHeads:
    """Heads that a designer's labels have corrected: those whose name is among the `corrections`."""

    base: EmotionHeads
    corrections: Mapping[str, LinearHead]

    def score(self, row: Encoded) -> Scores:
        """The base's scores with the corrections added to their logits."""
        before = self.base.score(row)
        emotion = self.corrections.get("emotion")
        return Scores(
            emotion=before.emotion + (emotion.logits(row.embedding) if emotion else 0.0),
            intensity=float(self._moved("intensity", pair(before.intensity), row)[1]),
            cause=self._moved("cause", before.cause, row),
            needs_human=float(self._moved("needs_human", pair(before.needs_human), row)[1]),
            sarcasm=float(self._moved("sarcasm", pair(before.sarcasm), row)[1]),
            shares=lambda index: (
                before.shares(index) + (linear_shares(row, emotion, index) if emotion else 0.0)
            ),
        )

    def _moved(self, name: str, chances: Array, row: Encoded) -> Array:
        """A head's chances under its correction."""
        if name not in self.corrections:
            return chances
        odds = chances * softmax(self.corrections[name].logits(row.embedding))
        return np.asarray(odds / odds.sum())


def pair(chance: float) -> Array:
    """The chances of no and yes."""
    return np.array([1.0 - chance, chance])


def linear_shares(row: Encoded, head: LinearHead, index: int) -> Floats:
    """What each token adds to class `index` of a head over the mean of the tokens, others' mean taken off."""
    direction = head.weights[:, index] - head.weights.mean(1)
    return np.asarray(row.tokens @ direction / max(len(row.tokens), 1), np.float32)


def _of(array: Floats | None) -> Floats:
    if array is None:
        raise ModelError("encoder heads: this encoder carries none. Train some with EmotionModel.fit.")
    return array
