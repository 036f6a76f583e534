"""What does the customer want? An encoder with a head that `rasa train` fits on data/nlu."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoders import NOTE, EncoderComponent, EncoderOptions
from .options import is_whole

INTENT_RANKING = "intent_ranking"
_NOTHING = {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}


@dataclass(frozen=True)
class IntentOptions(EncoderOptions):
    """`ranking_length`: how many intents, the best first, a message carries."""

    component: ClassVar[str] = "TransformerIntentClassifier"

    ranking_length: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        enough = is_whole(self.ranking_length, 2, 1000)
        self.require("ranking_length", enough, "a whole number from 2 to 1000")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TransformerIntentClassifier(EncoderComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` of every message, the empty one included."""

    options = IntentOptions
    area = "intent"
    _model: Any = None

    def restore(self, folder: Path) -> None:
        """Takes over the trained head; there is none where the training data had fewer than two intents."""
        from balm.intent.model import IntentModel

        if self.learned(folder):
            self._model = IntentModel.load(folder, self.encoder)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the head on the examples that have an intent, and keeps it with the model."""
        from balm.intent.model import IntentModel

        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        with self._storage.write_to(self._resource) as folder:
            (folder / NOTE).write_text(f"{len(examples)}\n")
            if len(set(intents)) > 1:
                model = IntentModel.fit(texts, intents, encoder=self.encoder, seed=self._options.seed)
                model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with `intent` and `intent_ranking`, best first."""
        for message in messages:
            message.set(INTENT, dict(_NOTHING), add_to_output=True)
            message.set(INTENT_RANKING, [], add_to_output=True)
        readable = [message for message in messages if (message.get(TEXT) or "").strip()]
        if self._model is None or not readable:
            return messages
        rankings = self._model.predict([message.get(TEXT) for message in readable])
        for message, ranking in zip(readable, rankings, strict=True):
            rows = [_row(scored) for scored in ranking[: self._options.ranking_length]]
            message.set(INTENT, dict(rows[0]), add_to_output=True)
            message.set(INTENT_RANKING, rows, add_to_output=True)
        return messages


def _row(scored: Any) -> dict[str, Any]:
    return {INTENT_NAME_KEY: scored.name, PREDICTED_CONFIDENCE_KEY: float(scored.confidence)}
