"""Entities that no list holds: products and sizes as customers name them, learned from annotated examples."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .encoders import EncoderComponent, EncoderOptions


@dataclass(frozen=True)
class LearnedEntityOptions(EncoderOptions):
    """`entities`: which to learn, None for all that are annotated. `sure`: the least certainty, 0 to 1."""

    component: ClassVar[str] = "TransformerEntityExtractor"

    entities: list[str] | None = None
    sure: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        names = self.entities is None or (
            isinstance(self.entities, list) and all(isinstance(name, str) for name in self.entities)
        )
        self.require("entities", names, "a list of entity names, or nothing")
        sure = isinstance(self.sure, (int, float)) and not isinstance(self.sure, bool) and 0 < self.sure <= 1
        self.require("sure", sure, "a number above 0, at most 1")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class TransformerEntityExtractor(EncoderComponent, EntityExtractorMixin):
    """Adds entities like those annotated in data/nlu; PatternEntityExtractor behind it has the last word."""

    options = LearnedEntityOptions
    area = "entities"
    _model: Any = None

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer stands before this component."""
        return [Tokenizer]

    def restore(self, folder: Path) -> None:
        """Takes over the trained head."""
        from balm.entities.learned import EntityModel

        self._model = EntityModel.load(folder, self.encoder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the annotated examples, and keeps that with the model."""
        from balm.entities.learned import EntityModel, Example

        examples = [
            Example(message.get(TEXT), words(message), self._marks(message))
            for message in training_data.nlu_examples
            if message.get(TEXT)
        ]
        with self._storage.write_to(self._resource) as folder:
            EntityModel.fit(examples, encoder=self.encoder, seed=self._options.seed).save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The same messages with the entities found added to those there are."""
        for message in messages:
            found = self._model.find(message.get(TEXT) or "", words(message), sure=self._options.sure)
            rows = [
                {"entity": one.entity, "start": one.start, "end": one.end, "value": one.value}
                for one in found
            ]
            message.set(
                ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(rows), add_to_output=True
            )
        return messages

    def _marks(self, message: Message) -> tuple[tuple[int, int, str], ...]:
        wanted = self._options.entities
        marks = [(one["start"], one["end"], one["entity"]) for one in message.get(ENTITIES, [])]
        return tuple(mark for mark in marks if wanted is None or mark[2] in wanted)


def words(message: Message) -> tuple[tuple[int, int], ...]:
    """The places of a message's tokens."""
    return tuple((token.start, token.end) for token in message.get(TOKENS_NAMES[TEXT]) or ())
