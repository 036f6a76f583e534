"""What a designer's labels change in heads that already know emotions: much there, little elsewhere.

A handful of labels would move the reading of every message if nothing held them back. What holds them back
are the messages that customers usually write: the correction may be large only where those are rare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.data import EmotionLabel
from balm.emotion.heads import BundledHeads, RefinedHeads, Scores, pair
from balm.emotion.labels import CAUSES, EMOTIONS
from balm.encoder import Encoder
from balm.encoder.folder import Card
from balm.encoder.linear import LinearHead, fit
from balm.errors import ModelError

Array = NDArray[Any]
FILE = "usual.npy"
"""Mean outer product of the embeddings, a one behind each, of what customers usually write."""
STRENGTH = 60.0
"""How far labels may move the heads where customers seldom are (inverse L2 penalty)."""
USUAL, USUAL_A_LABEL = 30.0, 1.5
"""As many usual messages plead for no change, and so many more for each label: a few labels are followed to
the letter, of hundreds it is the trend that counts. Chosen on real turns: one to ten of them, added as
labels, are followed in nineteen of twenty cases and cost the others 0.001 of macro-F1 on average; the
starter bot's 635 cost 1.4 points in Chinese and none in English.
"""
SMALLEST = 1e-4
"""A chance that is taken for none, so that labels can still speak against it."""

Goal = Callable[[EmotionLabel], "Sequence[float] | None"]
"""The chance of each class that a label asks for; None where it says nothing of it."""

GOALS: dict[str, tuple[Goal, Callable[[Scores], Array]]] = {
    "emotion": (lambda x: _one_of(EMOTIONS, x.emotion), lambda s: s.emotion),
    "intensity": (lambda x: _share(x.intensity), lambda s: _odds(s.intensity)),
    "cause": (lambda x: _one_of(CAUSES, x.cause), lambda s: np.log(np.maximum(s.cause, SMALLEST))),
    "needs_human": (lambda x: _share(x.needs_human), lambda s: _odds(s.needs_human)),
    "sarcasm": (lambda x: _share(x.sarcasm), lambda s: _odds(s.sarcasm)),
}
"""By head: what a label asks of it, and the logits with which it comes."""


def correct(
    texts: Sequence[str],
    labels: Sequence[EmotionLabel],
    before: Sequence[Sequence[str]],
    encoder: Encoder,
    card: Card,
) -> RefinedHeads:
    """The encoder's own heads, each with a correction that the labels ask for."""
    base = BundledHeads(card)
    scores, embeddings = [], []
    for part in encoder.parts(texts, before):
        scores += [base.score(row) for row in part.rows]
        embeddings.append(part.embeddings)
    return RefinedHeads(base, _corrections(scores, np.concatenate(embeddings), labels, card))


def _corrections(
    scores: Sequence[Scores], features: Array, labels: Sequence[EmotionLabel], card: Card
) -> dict[str, LinearHead]:
    held, found = usual(card.folder, features.shape[1]), {}
    for name, (goal, logits) in GOALS.items():
        asked = [(row, chances) for row, label in enumerate(labels) if (chances := goal(label))]
        if not asked:
            continue
        rows, truth = [row for row, _ in asked], np.array([chances for _, chances in asked])
        # the emotion's logits are divided by the temperature when they are read
        scale = card.temperature if name == "emotion" else 1.0
        head = fit(
            features[rows],
            truth,
            truth.shape[1],
            strength=STRENGTH,
            offset=np.stack([logits(scores[row]) for row in rows]) / scale,
            steady=held * (USUAL + USUAL_A_LABEL * len(rows)),
        )
        found[name] = LinearHead(head.weights * np.float32(scale), head.bias * np.float32(scale))
    return found


def usual(folder: Path, width: int) -> Array:
    """(width + 1, width + 1) the moment in an encoder's folder; without one, that of messages spread evenly.

    Raises:
        ModelError: the file is broken, or belongs to an encoder of another width.
    """
    path = folder / FILE
    if not path.is_file():
        return np.diag([1 / width] * width + [1.0])
    try:
        found = np.load(path, allow_pickle=False).astype(np.float64)
        if found.shape != (width + 1, width + 1):
            raise ValueError(f"shape {found.shape}")
    except (OSError, ValueError) as error:
        raise ModelError(
            f"encoder folder '{folder}': its {FILE} is broken ({error}). "
            "Export the encoder again with `python -m balm.encoder.recipe`."
        ) from error
    return np.asarray(found)


def moment(embeddings: Array) -> Array:
    """The mean outer product of embeddings (messages, width), a one behind each."""
    seen = np.hstack([embeddings, np.ones((len(embeddings), 1))])
    return np.asarray(seen.T @ seen / len(seen))


def _one_of(names: Sequence[str], name: str | None) -> list[float] | None:
    return None if name is None else [float(one == name) for one in names]


def _share(value: float | bool | None) -> list[float] | None:
    return None if value is None else pair(value).tolist()


def _odds(chance: float) -> Array:
    return np.asarray(np.log(np.maximum(pair(chance), SMALLEST)))
