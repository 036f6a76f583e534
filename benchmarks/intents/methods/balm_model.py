"""Balm's IntentModel without Rasa around it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import balm
from balm.encoder.folder import BUNDLED, Card, bundled_folder, is_exported
from benchmarks.intents.figures import Guess
from benchmarks.intents.methods import Options, Task
from benchmarks.intents.sets import Example

CODE = ("encoder/*.py", "intent/*.py", "tuning/*", "emotion/calibration.py")


def made_of(options: Options, *, tuning: Mapping[str, Any] | None = None) -> str:
    """The encoder's weights and the code that learns from them."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in CODE for path in Path(balm.__file__).parent.glob(pattern)):
        digest.update(path.read_bytes() if path.is_file() else b"")
    return f"encoder {_weights(options.model)}, code {digest.hexdigest()[:12]}, {_told(tuning)}"


def _told(tuning: Mapping[str, Any] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in (tuning or {}).items()) or "head"


def _weights(model: str) -> str:
    folder = bundled_folder() if model == BUNDLED else Path(model)
    return Card.load(folder).sha256[:12] if is_exported(folder) else model


def build(task: Task, *, tuning: Mapping[str, Any] | None = None) -> BareBalm:
    """The untrained model."""
    import_module("balm.intent.model")  # now, because imports are no part of the training time
    return BareBalm(task, tuning or {})


class BareBalm:
    """IntentModel on an encoder."""

    def __init__(self, task: Task, tuning: Mapping[str, Any]) -> None:
        self._task, self._tuning = task, tuning
        self._model: Any = None

    def fit(self, examples: Sequence[Example]) -> None:
        """Loads the encoder and fits the head."""
        from balm.encoder import Encoder
        from balm.intent import IntentModel
        from balm.tuning import TuneOptions

        texts, intents = zip(*examples, strict=True)
        encoder = Encoder.load(self._task.options.model)
        tuning = TuneOptions(**self._tuning)
        self._model = IntentModel.fit(texts, intents, encoder=encoder, seed=self._task.seed, tuning=tuning)

    def predict(self, texts: Sequence[str]) -> list[Guess]:
        """The likeliest intent of each text."""
        return [Guess(ranking[0].name, ranking[0].confidence) for ranking in self._model.predict(texts)]
