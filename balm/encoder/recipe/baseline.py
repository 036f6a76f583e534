"""The reader that the model is measured against: a linear SVM, taught with the same labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.labels import EMOTIONS
from balm.encoder.recipe.sources import Example


def svm(seen: Sequence[Example], texts: Sequence[str]) -> NDArray[np.int64]:
    """What a linear SVM on TF-IDF of letters and words guesses: the numbers of the texts' emotions.

    It reads no turns before a message, so it is taught only with examples that can do without them.
    """
    alone = [example for example in seen if not example.leans]
    numbers = [EMOTIONS.index(example.label.emotion) for example in alone]
    learner = _learner().fit([example.text for example in alone], numbers)
    return np.asarray(learner.predict(texts), np.int64)


def _learner() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    letters = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=1, sublinear_tf=True)
    return make_pipeline(
        make_union(letters, words), LinearSVC(C=0.5, class_weight="balanced", random_state=0)
    )
