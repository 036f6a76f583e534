"""Step `phrases`: a linear model of what customers say again and again, to stand beside the heads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from balm.emotion.labels import EMOTIONS
from balm.emotion.phrases import BITS, FILE, runs
from balm.encoder.recipe.sources import real, written
from balm.encoder.recipe.workplace import Workplace
from balm.encoder.simplified import table

VOICE = 2.0
"""How much the phrases' decision counts beside the heads' logits, chosen on the development turns."""
REAL_WEIGHT = 3.0
"""A real message counts as much as three written ones."""
CUT = 1e-5
"""Share of the weights that int8 may clip, so that the others keep their finer steps."""


def run(place: Workplace) -> None:
    """Write phrases.npz into the folder `bundle`."""
    from sklearn.svm import LinearSVC

    examples = [e for e in [*real(place, dev=False), *written(place)] if not e.leans]
    truth = [EMOTIONS.index(e.label.emotion) for e in examples]
    counts = np.where([e.real for e in examples], REAL_WEIGHT, 1.0)
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=place.plan.seed)
    machine.fit(matrix([e.text for e in examples], table(place.work)), truth, sample_weight=counts)
    weights = VOICE * machine.coef_.T
    scale = float(np.quantile(np.abs(weights), 1.0 - CUT)) / 127
    np.savez_compressed(
        place.path("bundle") / FILE,
        weights=np.clip(np.round(weights / scale), -127, 127).astype(np.int8),
        bias=(VOICE * machine.intercept_).astype(np.float32),
        scale=np.float32(scale),
    )


def matrix(texts: Sequence[str], simplified: dict[int, str]) -> Any:
    """Sparse unit rows (texts, buckets): which runs each text holds."""
    from scipy.sparse import csr_matrix

    rows: list[NDArray[Any]] = [runs(text, simplified).buckets for text in texts]
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    return csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), 1 << BITS))
