"""What does the customer want? A head on an encoder, and the encoder if asked, fitted on data/nlu."""

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

import balm.tuning
from balm.errors import ConfigError, ModelError
from balm.tuning import TuneOptions
from balm.tuning.body import check_libraries

from .encoders import NOTE, EncoderComponent, EncoderOptions, files_hash
from .options import RefusedConfig, RefusedModel, is_whole

TUNING = Path(str(balm.tuning.__file__)).parent
INTENT_RANKING = "intent_ranking"
_NOTHING = {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}


@dataclass(frozen=True)
class IntentOptions(EncoderOptions):
    """`ranking_length`: how many intents, the best first, a message carries.

    `tuning`: `head`, `full` or `lora`, or a mapping of the options of `balm.tuning.TuneOptions`.
    """

    component: ClassVar[str] = "TransformerIntentClassifier"

    ranking_length: int = 10
    tuning: Any = "head"

    def __post_init__(self) -> None:
        super().__post_init__()
        enough = is_whole(self.ranking_length, 2, 1000)
        self.require("ranking_length", enough, "a whole number from 2 to 1000")
        _ = self.tune_options

    @property
    def tune_options(self) -> TuneOptions:
        """The options under `tuning`, checked."""
        try:
            return TuneOptions.parse(self.tuning)
        except ConfigError as error:
            raise RefusedConfig(f"config.yml, {self.component}: {error}") from error

    def check_paths(self) -> None:
        """Refuses a `tuning` whose libraries are not installed, too."""
        super().check_paths()
        try:
            check_libraries(self.tune_options.method)
        except ModelError as error:
            raise RefusedModel(f"config.yml, {self.component}: {error}") from error


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TransformerIntentClassifier(EncoderComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` of every message, the empty one included."""

    options = IntentOptions
    area = "intent"
    _model: Any = None

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """With the code and words of balm/tuning, where they are used."""
        own = super().fingerprint_addon(config)
        if IntentOptions.for_fingerprint(config).tune_options.plain:
            return own
        return f"{own}{files_hash(path for path in TUNING.iterdir() if path.is_file())}"

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
                chosen = {"seed": self._options.seed, "tuning": self._options.tune_options}
                IntentModel.fit(texts, intents, encoder=self.encoder, **chosen).save(folder)
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
