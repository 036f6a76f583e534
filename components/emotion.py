"""How does the customer feel? One reading for each message, in its property `emotion`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .earlier import earlier_turns
from .encoders import NOTE, EncoderComponent, EncoderOptions, files_hash
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

    def check_paths(self) -> None:
        """Refuses a folder or file that is not there."""
        super().check_paths()
        files_of(self.emotion_data)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TransformerEmotionClassifier(EncoderComponent):
    """Sets `emotion` of every message: `EmotionReading.to_dict()`. A short one is read with the turns before.

    It reads without any label from the designer. Labels (`metadata: {emotion: ...}` on an example or an
    intent, and `emotion_data`) correct it for the bot's own sentences.
    """

    options = EmotionOptions
    area = "emotion"
    _model: Any = None

    def __init__(self, options: EmotionOptions, storage: ModelStorage, resource: Resource) -> None:
        super().__init__(options, storage, resource)
        speed_up()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """With the labelled messages: a change there trains this component alone."""
        labelled = files_of(EmotionOptions.for_fingerprint(config).emotion_data)
        return f"{super().fingerprint_addon(config)}{files_hash(labelled)}"

    def restore(self, folder: Path) -> None:
        """Takes over the trained heads, or the encoder's own where the designer gave no label."""
        from balm.emotion.model import EmotionModel

        taught = self.learned(folder)
        self._model = EmotionModel.load(folder, self.encoder) if taught else EmotionModel(self.encoder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the labels there are, and keeps that with the model.

        An encoder without emotion heads learns them from the project's own emotion data, too.
        """
        from balm.emotion.model import EmotionModel

        labelled = [*in_training_data(training_data), *in_files(self._options.emotion_data)]
        with self._storage.write_to(self._resource) as folder:
            (folder / NOTE).write_text(f"{len(labelled)}\n")
            if labelled or self.encoder.card is None:
                EmotionModel.fit(
                    [one.text for one in labelled],
                    [one.label for one in labelled],
                    before=[one.before for one in labelled],
                    encoder=self.encoder,
                    seed=self._options.seed,
                ).save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with `emotion`; one without text gets the reading of nothing."""
        for start in range(0, len(messages), _BATCH):
            some = messages[start : start + _BATCH]
            texts = [message.get(TEXT) or "" for message in some]
            before = [earlier_turns()] * len(some)
            for message, reading in zip(some, self._model.read(texts, before), strict=True):
                message.set(EMOTION, reading.to_dict(), add_to_output=True)
        return messages
