"""How does the customer feel? One reading for each message, in its property `emotion`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoders import EncoderOptions, files_hash, fingerprint, kept, shared
from .labels import files_of, in_files, in_training_data
from .options import is_path_or_none
from .speed import speed_up

EMOTION = "emotion"
_BATCH = 32


@dataclass(frozen=True)
class EmotionOptions(EncoderOptions):
    """`emotion_data`: a file or folder of labelled messages without intents, shaped like emotion_data/."""

    component: ClassVar[str] = "TransformerEmotionClassifier"

    emotion_data: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require("emotion_data", is_path_or_none(self.emotion_data), "a file or folder, or nothing")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TransformerEmotionClassifier(GraphComponent):
    """Sets `emotion` of every message: `EmotionReading.to_dict()`.

    It reads without any label from the designer. Labels (`metadata: {emotion: ...}` on an example or an
    intent, and `emotion_data`) correct it for the bot's own sentences.
    """

    def __init__(self, options: EmotionOptions, storage: ModelStorage, resource: Resource) -> None:
        self._options, self._storage, self._resource = options, storage, resource
        self._model: Any = None
        speed_up()

    get_default_config = staticmethod(EmotionOptions.defaults)
    supported_languages = staticmethod(EmotionOptions.languages)
    required_packages = staticmethod(EmotionOptions.packages)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The encoder's files, the labelled messages and the code: a change trains this component alone."""
        options = EmotionOptions.for_fingerprint(config)
        return fingerprint(options, "emotion", cls) + files_hash(files_of(options.emotion_data))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TransformerEmotionClassifier:
        """The classifier before training; a wrong path is told now."""
        options = EmotionOptions.parse(config)
        files_of(options.emotion_data)
        return cls(options.existing(), model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TransformerEmotionClassifier:
        """The trained classifier, with its encoder in memory.

        Raises:
            RefusedModel: the encoder or the heads cannot be loaded; the server stops.
        """
        from balm.emotion.model import EmotionModel

        classifier = cls(EmotionOptions.parse(config), model_storage, resource)
        encoder = shared(classifier._options.model)
        with kept(cls.__name__, model_storage, resource) as folder:
            trained = any(folder.iterdir())
            classifier._model = EmotionModel.load(folder, encoder) if trained else EmotionModel(encoder)
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the labels there are, and keeps that with the model.

        An encoder without emotion heads learns them from the project's own emotion data, too.
        """
        from balm.emotion.model import EmotionModel

        encoder = shared(self._options.model)
        labelled = [*in_training_data(training_data), *in_files(self._options.emotion_data)]
        with self._storage.write_to(self._resource) as folder:
            if labelled or encoder.card is None:
                texts, labels = [text for text, _ in labelled], [label for _, label in labelled]
                EmotionModel.fit(texts, labels, encoder=encoder, seed=self._options.seed).save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with `emotion`; one without text gets the reading of nothing."""
        for start in range(0, len(messages), _BATCH):
            some = messages[start : start + _BATCH]
            texts = [message.get(TEXT) or "" for message in some]
            for message, reading in zip(some, self._model.read(texts), strict=True):
                message.set(EMOTION, reading.to_dict(), add_to_output=True)
        return messages
