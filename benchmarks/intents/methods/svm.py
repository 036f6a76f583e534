"""A linear SVM on TF-IDF of words and letters, its margins turned into probabilities by Platt's method."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks.intents.figures import Guess
from benchmarks.intents.methods import Options, Task
from benchmarks.intents.methods.words import words
from benchmarks.intents.sets import Example


def made_of(_: Options) -> str:
    """The library behind the figures."""
    return f"scikit-learn {version('scikit-learn')}"


def build(task: Task) -> Svm:
    """The untrained pipeline."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    clean = partial(words, language=task.language)
    features = make_union(
        TfidfVectorizer(
            preprocessor=clean, ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b"
        ),
        TfidfVectorizer(preprocessor=clean, analyzer="char_wb", ngram_range=(1, 5), sublinear_tf=True),
    )
    margins = LinearSVC(random_state=task.seed)
    return Svm(make_pipeline(features, CalibratedClassifierCV(margins, cv=3, ensemble=False)))


class Svm:
    """The pipeline as a method."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def fit(self, examples: Sequence[Example]) -> None:
        """Fits features, margins and probabilities."""
        texts, intents = zip(*examples, strict=True)
        self._pipeline.fit(texts, np.array(intents))

    def predict(self, texts: Sequence[str]) -> list[Guess]:
        """The likeliest intent of each text."""
        chances = self._pipeline.predict_proba(list(texts))
        best = chances.argmax(1)
        return [
            Guess(str(self._pipeline.classes_[i]), float(row[i]))
            for i, row in zip(best, chances, strict=True)
        ]
