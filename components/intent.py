"""What does the customer want? An encoder with a head that `rasa train` fits on data/nlu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoders import EncoderOptions, fingerprint, kept, shared
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
class TransformerIntentClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` of every message, the empty one included."""

    def __init__(self, options: IntentOptions, storage: ModelStorage, resource: Resource) -> None:
        self._options, self._storage, self._resource = options, storage, resource
        self._model: Any = None

    get_default_config = staticmethod(IntentOptions.defaults)
    supported_languages = staticmethod(IntentOptions.languages)
    required_packages = staticmethod(IntentOptions.packages)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The encoder's files and the code that trains on them: when one changes, the head is fitted anew."""
        return fingerprint(IntentOptions.for_fingerprint(config), "intent", cls)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TransformerIntentClassifier:
        """The classifier before training; a wrong path is told now."""
        return cls(IntentOptions.parse(config).existing(), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TransformerIntentClassifier:
        """The trained classifier.

        Raises:
            RefusedModel: the archive holds no head, or one that was fitted on another encoder.
        """
        from balm.intent.model import IntentModel

        classifier = cls(IntentOptions.parse(config), model_storage, resource)
        with kept(cls.__name__, model_storage, resource) as folder:
            if any(folder.iterdir()):  # empty where the training data had fewer than two intents
                classifier._model = IntentModel.load(folder, shared(classifier._options.model))
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the head on the examples that have an intent, and keeps it with the model."""
        from balm.intent.model import IntentModel

        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        intents = [example.get(INTENT) for example in examples]
        options = self._options
        with self._storage.write_to(self._resource) as folder:
            if len(set(intents)) > 1:
                model = IntentModel.fit(texts, intents, encoder=shared(options.model), seed=options.seed)
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
