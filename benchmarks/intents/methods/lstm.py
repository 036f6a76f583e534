"""A bidirectional LSTM over words (in Chinese: characters), stopped early on a tenth that is held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from balm.encoder.linear import folds, numbered
from benchmarks.intents.figures import Guess
from benchmarks.intents.methods import Options, Task
from benchmarks.intents.methods.words import characters
from benchmarks.intents.sets import Example

WORDS, WIDTH, UNITS, DROPOUT = 20_000, 128, 128, 0.3
EPOCHS, PATIENCE, BATCH, RATE = 80, 15, 32, 2e-3


def made_of(_: Options) -> str:
    """The library behind the figures, and the network's sizes."""
    sizes = f"{WIDTH} wide, {UNITS} units, at most {EPOCHS} epochs, patience {PATIENCE}, rate {RATE}"
    return f"tensorflow {version('tensorflow')}, {sizes}"


def build(task: Task) -> Lstm:
    """The untrained method, with TensorFlow loaded."""
    import tensorflow as tf

    tf.keras.utils.set_random_seed(task.seed)
    return Lstm(tf, task)


class Lstm:
    """Words -> vectors -> two LSTMs -> intents."""

    def __init__(self, tf: Any, task: Task) -> None:
        self._tf, self._seed = tf, task.seed
        self._words = tf.keras.layers.TextVectorization(max_tokens=WORDS)
        self._intents: tuple[str, ...] = ()
        self._network: Any = None
        self._answer: Any = None

    def fit(self, examples: Sequence[Example]) -> None:
        """Trains until the held back tenth is understood no better for some epochs; keeps the best."""
        self._intents, truth = numbered([intent for _, intent in examples])
        texts = np.array([text for text, _ in examples])
        hidden = folds(truth, 10, self._seed)[0]
        rest = np.setdiff1d(np.arange(len(truth)), hidden)
        self._words.adapt(self._spaced(texts[rest]))
        self._network = self._layers()
        self._network.fit(
            self._numbers(texts[rest]),
            truth[rest],
            validation_data=(self._numbers(texts[hidden]), truth[hidden]),
            epochs=EPOCHS,
            batch_size=BATCH,
            callbacks=[self._stop()],
            verbose=0,
        )
        spec = self._tf.TensorSpec((None, None), self._tf.int64)
        self._answer = self._tf.function(self._network, input_signature=[spec])

    def predict(self, texts: Sequence[str]) -> list[Guess]:
        """The likeliest intent of each text."""
        parts = [texts[start : start + 512] for start in range(0, len(texts), 512)]
        rows = [row for part in parts for row in self._answer(self._numbers(part)).numpy()]
        return [Guess(self._intents[int(row.argmax())], float(row.max())) for row in rows]

    def _spaced(self, texts: Iterable[str]) -> Any:
        return self._tf.constant([characters(str(text)) for text in texts])

    def _numbers(self, texts: Iterable[str]) -> Any:
        """The words' numbers (texts, longest + 1): at least one 0 in each, also where there is no word."""
        return self._tf.pad(self._words(self._spaced(texts)), [[0, 0], [0, 1]])

    def _layers(self) -> Any:
        keras = self._tf.keras
        network = keras.Sequential(
            [
                keras.layers.Embedding(self._words.vocabulary_size(), WIDTH, mask_zero=True),
                keras.layers.Dropout(DROPOUT),
                keras.layers.Bidirectional(keras.layers.LSTM(UNITS)),
                keras.layers.Dropout(DROPOUT),
                keras.layers.Dense(len(self._intents), activation="softmax"),
            ]
        )
        network.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy", metrics=["accuracy"])
        return network

    def _stop(self) -> Any:
        stop: Any = self._tf.keras.callbacks.EarlyStopping
        return stop(monitor="val_accuracy", patience=PATIENCE, restore_best_weights=True)
