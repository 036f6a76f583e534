"""Three-way polarity, the only scale on which sentiment tools and an emotion model can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.labels import EMOTIONS, VALENCES
from benchmarks.emotion.measures import macro_f1

Array = NDArray[Any]
POLARITIES = ("negative", "neutral", "positive")
GRID = 41
"""Thresholds tried on each side; they lie on quantiles of the scores."""

_OF_EMOTION = np.array([POLARITIES.index(VALENCES[name]) for name in EMOTIONS])


def of_emotions(emotions: Array) -> Array:
    """The number of each emotion's polarity; confusion is neutral, as in Balm's readings.

    >>> [POLARITIES[i] for i in of_emotions(np.array([EMOTIONS.index("anger"), EMOTIONS.index("joy")]))]
    ['negative', 'positive']
    """
    return np.asarray(_OF_EMOTION[emotions])


@dataclass(frozen=True)
class Scale:
    """Where a score turns from negative to neutral and from neutral to positive."""

    low: float
    high: float

    def polarity(self, scores: Array) -> Array:
        """The number of each score's polarity; the thresholds themselves belong outside.

        >>> Scale(-0.05, 0.05).polarity(np.array([-0.05, 0.0, 0.05])).tolist()
        [0, 1, 2]
        """
        return np.where(scores <= self.low, 0, np.where(scores >= self.high, 2, 1))


def best_scale(scores: Array, truth: Array) -> Scale:
    """The scale with the highest macro-F1 on these messages, which must not be those of the test."""
    steps = np.unique(np.quantile(scores, np.linspace(0, 1, GRID)))
    scales = [Scale(float(low), float(high)) for low, high in combinations_with_replacement(steps, 2)]
    return max(scales, key=lambda scale: macro_f1(truth, scale.polarity(scores), len(POLARITIES)))


@dataclass(frozen=True)
class Lexicon:
    """A sentiment tool: what it reads, how to load it, and the thresholds that come with it."""

    name: str
    language: str
    published: Scale
    source: str
    load: Callable[[], Callable[[str], float]]

    def scores(self, texts: Sequence[str]) -> Array:
        """One score a text; the tool is imported and loaded now."""
        score = self.load()
        return np.array([score(text) for text in texts], float)


def _vader() -> Callable[[str], float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def _snownlp() -> Callable[[str], float]:
    from snownlp import SnowNLP

    return lambda text: float(SnowNLP(text).sentiments) if text.strip() else 0.5


LEXICONS = (
    Lexicon(
        "VADER", "en", Scale(-0.05, 0.05),
        "its authors' thresholds: compound at most -0.05, at least 0.05", _vader,
    ),
    Lexicon(
        "SnowNLP", "zh", Scale(0.4, 0.6),
        "a custom among its users, at most 0.4, at least 0.6: its author names no neutral", _snownlp,
    ),
)  # fmt: skip
