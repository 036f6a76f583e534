"""Texts in, emotion readings out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from balm.emotion import evidence
from balm.emotion.calibration import softmax
from balm.emotion.data import EmotionLabel, EmotionMessage
from balm.emotion.heads import BundledHeads, EmotionHeads, Scores
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.emotion.reading import EmotionReading, Scored
from balm.encoder import Encoded, Encoder
from balm.errors import ModelError

CONTEXT_TURNS = 2
FRAGMENT = 12
"""Words, or Chinese characters, up to which a message may lean on the turns before it."""

_WORD = re.compile("[\u3400-\u9fff]|[^\\W\\d_\u3400-\u9fff]+|[0-9]+")


def is_fragment(text: str) -> bool:
    """Whether a message is so short that the turns before it may decide how it is meant.

    >>> is_fragment("又来了"), is_fragment("I waited all day and nobody came, so I want my money back")
    (True, False)
    """
    return len(_WORD.findall(text)) <= FRAGMENT


class EmotionModel:
    """Reads the emotion in messages: the bundled heads, or heads trained on labelled messages."""

    def __init__(
        self,
        encoder: Encoder,
        *,
        heads: EmotionHeads | None = None,
        temperature: float | None = None,
        abstain_below: float | None = None,
    ) -> None:
        card = encoder.card
        if heads is None and card is None:
            raise ModelError(
                f"encoder '{encoder.identity}': brings no emotion heads of its own. "
                "Allowed without training: the bundled encoder. "
                "Train heads for this one with EmotionModel.fit."
            )
        self.encoder = encoder
        self._reads_context = card is not None and card.context
        self.heads: EmotionHeads = heads or BundledHeads(card)  # type: ignore[arg-type]
        self.temperature = temperature or (card.temperature if card else 1.0)
        self.abstain_below = (
            abstain_below if abstain_below is not None else (card.abstain_below if card else 0.0)
        )

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        labels: Sequence[str | EmotionLabel],
        *,
        encoder: Encoder,
        seed: int = 0,
        before: Sequence[Sequence[str]] = (),
        shipped: Sequence[EmotionMessage] | None = None,
    ) -> EmotionModel:
        """A model that follows these labels, an emotion's name or a whole `EmotionLabel` each.

        `before` may hold the turns before each text, for an encoder that reads them.
        An encoder with heads of its own is corrected as far as the labels ask for it. Any other one gets
        heads that learn from the labels and from `shipped` (default: the project's own emotion data).

        Raises:
            ConfigError: a label is unknown, or there are not as many labels as texts.
        """
        from balm.emotion.training import train

        return train(texts, labels, encoder=encoder, seed=seed, before=before, shipped=shipped)

    def read(self, texts: Sequence[str], before: Sequence[Sequence[str]] = ()) -> list[EmotionReading]:
        """One reading per text, in their order. Any string is valid; one without a word is neutral.

        `before` may hold the turns before each text, oldest first, as `balm.emotion.data.said` writes them.
        The last two are read along where a text is too short to speak for itself ("so?", "又来了"), if the
        encoder has learned to.
        """
        turns = self._telling(texts, before) if before and self._reads_context else ()
        return [self._read(row) for row in self.encoder.encode(texts, turns).rows]

    @staticmethod
    def _telling(texts: Sequence[str], before: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        return [
            turns[-CONTEXT_TURNS:] if is_fragment(text) else ()
            for text, turns in zip(texts, before, strict=True)
        ]

    def save(self, folder: str | Path) -> None:
        """Write the heads into a folder (the encoder stays where it is)."""
        from balm.emotion.store import save

        save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path, encoder: Encoder) -> EmotionModel:
        """The model that `save` wrote.

        Raises:
            ModelError: the folder is missing or broken, or belongs to another encoder.
        """
        from balm.emotion.store import load

        return load(Path(folder), encoder)

    def _read(self, row: Encoded) -> EmotionReading:
        if not row.text.strip():
            return _unread()
        scores = self.heads.score(row)
        chances = softmax(scores.emotion / self.temperature)
        best = int(chances.argmax())
        cause = int(scores.cause.argmax())
        return EmotionReading(
            name=EMOTIONS[best],
            confidence=_unit(chances[best]),
            intensity=_unit(scores.intensity),
            cause=Scored(CAUSES[cause], _unit(scores.cause[cause])),
            needs_human=_unit(scores.needs_human),
            sarcasm=_unit(scores.sarcasm),
            abstained=bool(chances[best] < self.abstain_below),
            ranking=tuple(
                Scored(EMOTIONS[i], _unit(chances[i])) for i in np.argsort(-chances, kind="stable")
            ),
            evidence=_evidence(row, scores, best),
        )


def _evidence(row: Encoded, scores: Scores, best: int) -> tuple[str, ...]:
    """The words behind a feeling; none behind its absence."""
    return () if EMOTIONS[best] == "neutral" else evidence.words(row.text, row.spans, scores.shares(best))


def _unread() -> EmotionReading:
    """The reading of a message without a word: surely neutral, for there is nothing to feel with."""
    rest = tuple(Scored(name, 0.0) for name in EMOTIONS if name != "neutral")
    return EmotionReading(confidence=1.0, cause=Scored("none", 1.0), ranking=(Scored("neutral", 1.0), *rest))


def _unit(value: float) -> float:
    """The value as a plain float in 0..1, short enough to read."""
    return round(min(max(float(value), 0.0), 1.0), 4)
